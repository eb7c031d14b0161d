package stillpoint.bench.cpu;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import stillpoint.machine.cpu.CoreWorkload;

/**
 * Guest instructions an interpreting core retires, both caches in the path. The score is in
 * instructions a microsecond, that is, in millions a second. {@code windowCycles} cuts the run as
 * the simulator's windows do.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(value = 1, jvmArgsAppend = "-XX:+UseParallelGC")
public class InterpreterBench {
  private static final int INSTRUCTIONS = 1_000_000;

  @Param({"1000000", "1000", "100"})
  public int windowCycles;

  @Param("true")
  public boolean bigEndian;

  private CoreWorkload workload;

  @Setup
  public void build() {
    workload = new CoreWorkload(bigEndian);
  }

  @Benchmark
  @OperationsPerInvocation(INSTRUCTIONS)
  public long run() {
    for (int done = 0; done < INSTRUCTIONS; done += windowCycles) {
      workload.run(windowCycles);
    }
    return workload.checksum();
  }
}
