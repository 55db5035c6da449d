package dev.tokencache.redis;

import dev.tokencache.redis.topology.SlotMap;
import dev.tokencache.redis.topology.SlotRange;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Finding the master of a key: the CRC of its hash tag, and a lookup in the slot map. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class SlotBenchmark {

    private final byte[] key = "tc:{AAAAAAAAAAAAAAAA}".getBytes(StandardCharsets.US_ASCII);
    private final SlotMap map = SlotMap.of(List.of(
            new SlotRange(0, 5460, new Endpoint("10.0.0.1", 6379), List.of()),
            new SlotRange(5461, 10922, new Endpoint("10.0.0.2", 6379), List.of()),
            new SlotRange(10923, 16383, new Endpoint("10.0.0.3", 6379), List.of())));

    @Benchmark
    public Object masterOfKey() {
        return map.master(HashSlot.of(key));
    }
}
