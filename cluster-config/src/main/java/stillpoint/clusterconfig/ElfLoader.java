package stillpoint.clusterconfig;

import stillpoint.machine.elf.ElfImage;

/** Turns the bytes of a guest file into an image, or says in one line why it cannot. */
@FunctionalInterface
public interface ElfLoader {
  /**
   * @param name of the file, for the message
   * @throws Exception whose message is one clear line for the author of the scenario
   */
  ElfImage load(String name, byte[] file) throws Exception;
}
