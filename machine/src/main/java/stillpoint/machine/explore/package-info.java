/**
 * Other legal runs of one machine: schedules that make messages and steps late, how they are drawn, and how they shrink.
 * Pure. See docs/exploring.md.
 */
package stillpoint.machine.explore;
