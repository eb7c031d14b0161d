package stillpoint.machine.cpu;

import static java.lang.classfile.ClassFile.ACC_FINAL;
import static java.lang.classfile.ClassFile.ACC_STATIC;
import static java.lang.constant.ConstantDescs.CD_Class;
import static java.lang.constant.ConstantDescs.CD_MethodHandles;
import static java.lang.constant.ConstantDescs.CD_MethodHandles_Lookup;
import static java.lang.constant.ConstantDescs.CD_Object;
import static java.lang.constant.ConstantDescs.CD_String;
import static java.lang.constant.ConstantDescs.CLASS_INIT_NAME;
import static java.lang.constant.ConstantDescs.DEFAULT_NAME;
import static java.lang.constant.ConstantDescs.INIT_NAME;
import static java.lang.constant.ConstantDescs.MTD_void;

import java.lang.classfile.ClassBuilder;
import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeBuilder;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import stillpoint.machine.isa.Instruction;
import stillpoint.machine.time.BrokenInvariant;

/** Writes a region as a class of the JVM: {@link RegionCode} and the constants it works with. */
final class RegionWriter {
  private static final ClassDesc SELF =
      ClassDesc.of(RegionWriter.class.getPackageName() + ".Translated");
  private static final ClassDesc SUPER = RegionCode.descriptor(TranslatedCode.class);
  private static final ClassDesc INSTRUCTION = RegionCode.descriptor(Instruction.class);
  private static final MethodTypeDesc CLASS_DATA =
      MethodTypeDesc.of(CD_Object, CD_MethodHandles_Lookup, CD_String, CD_Class);

  private final Region region;
  private final Instruction[] constants;

  private RegionWriter(Region region) {
    this.region = region;
    this.constants =
        region.blocks().stream()
            .flatMap(block -> block.instructions().stream())
            .toArray(Instruction[]::new);
  }

  static TranslatedCode write(Region region) {
    RegionWriter writer = new RegionWriter(region);
    byte[] bytes = ClassFile.of().build(SELF, writer::writeClass);
    try {
      MethodHandles.Lookup written =
          MethodHandles.lookup().defineHiddenClassWithClassData(bytes, writer.constants, true);
      return (TranslatedCode)
          written
              .findConstructor(written.lookupClass(), MethodType.methodType(void.class))
              .invoke();
    } catch (Throwable e) {
      throw new BrokenInvariant("a region at 0x" + Long.toHexString(region.entry()) + ": " + e);
    }
  }

  private void writeClass(ClassBuilder type) {
    type.withFlags(ACC_FINAL).withSuperclass(SUPER);
    for (int i = 0; i < constants.length; i++) {
      type.withField(constant(i), INSTRUCTION, ACC_STATIC | ACC_FINAL);
    }
    type.withMethodBody(CLASS_INIT_NAME, MTD_void, ACC_STATIC, this::takeConstants);
    type.withMethodBody(
        INIT_NAME,
        MTD_void,
        0,
        code -> code.aload(0).invokespecial(SUPER, INIT_NAME, MTD_void).return_());
    type.withMethodBody(
        "run", RegionCode.RUN, ACC_FINAL, code -> new RegionCode(region, SELF, code).write());
  }

  /** The instructions come as one array, whose elements are no constants; fields are. */
  private void takeConstants(CodeBuilder code) {
    code.invokestatic(CD_MethodHandles, "lookup", MethodTypeDesc.of(CD_MethodHandles_Lookup))
        .ldc(DEFAULT_NAME)
        .ldc(INSTRUCTION.arrayType())
        .invokestatic(CD_MethodHandles, "classData", CLASS_DATA)
        .checkcast(INSTRUCTION.arrayType())
        .astore(0);
    for (int i = 0; i < constants.length; i++) {
      code.aload(0).loadConstant(i).aaload().putstatic(SELF, constant(i), INSTRUCTION);
    }
    code.return_();
  }

  /** Name of the field that holds the region's instruction of a number. */
  static String constant(int number) {
    return "i" + number;
  }
}
