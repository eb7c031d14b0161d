/**
 * Values as few bytes as possible, and back: what travels between nodes. {@link
 * stillpoint.machine.packed.Codecs} derives the form of a record from its components.
 */
package stillpoint.machine.packed;
