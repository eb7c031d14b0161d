/** CPU hotplug: CPUs that go offline and come back, and the mask that says which are online. */
package stillpoint.kernel.hotplug;
