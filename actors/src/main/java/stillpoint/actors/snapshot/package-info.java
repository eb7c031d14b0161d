/**
 * The state of a run as bytes: a walk over the objects of a process, written as CBOR, and the way
 * back into the objects of a model that was built anew.
 */
package stillpoint.actors.snapshot;
