package dev.tokencache.token;



import java.nio.charset.StandardCharsets;
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

/** Encoding and decoding a token's record. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class RecordBenchmark {

    private static final long NOW = 1_700_000_000;
    private static final long LIFETIME = 28_800;

    private final Token token = new Token(
            new TokenId(RoutingTag.ofSubject("somebody@mail.example"), TokenHash.ofToken("a token of somebody")),
            "somebody@mail.example",
            "login",
            NOW * 1000,
            NOW + LIFETIME,
            NOW + LIFETIME,
            LIFETIME,
            0,
            NOW * 1000,
            "read write",
            null,
            Claims.ofJson("{\"email\":\"somebody@mail.example\",\"roles\":[\"user\",\"editor\"]}"
                    .getBytes(StandardCharsets.UTF_8)));
    private final byte[] record = TokenCodec.encode(token);

    @Benchmark
    public Object encode() {
        return TokenCodec.encode(token);
    }

    @Benchmark
    public Object decode() {
        return TokenCodec.decode(token.id(), record);
    }
}
