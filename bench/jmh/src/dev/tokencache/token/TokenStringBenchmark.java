package dev.tokencache.token;



import java.security.SecureRandom;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
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

/** The work on a token string before the Redis command: decoding, the HMAC, and the hash that identifies the record. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class TokenStringBenchmark {

    private static final long NOW = 1_700_000_000;

    private final SecureRandom random = new SecureRandom();
    private final RoutingTag tag = RoutingTag.ofSubject("somebody@mail.example");
    private final TokenKeys keys = TokenKeys.from(new Config());
    private final String active = TokenString.mint(keys, random, tag, NOW + 3600).value();
    private final String forged = active.substring(0, active.length() - 1) + (active.endsWith("A") ? "B" : "A");
    private final String malformed = active.substring(0, active.length() - 9);

    @Benchmark
    public Object mint() {
        return TokenString.mint(keys, random, tag, NOW + 3600);
    }

    @Benchmark
    public Object active() {
        return new TokenString(active).locate(keys, NOW);
    }

    @Benchmark
    public Object forged() {
        return new TokenString(forged).locate(keys, NOW);
    }

    @Benchmark
    public Object malformed() {
        return new TokenString(malformed).locate(keys, NOW);
    }

    private record Config() implements TokenConfig {
        @Override
        public Map<String, String> keys() {
            return Map.of("bench", "YSBrZXkgZm9yIGJlbmNobWFya3MgdGhhdCBpcyBsb25nIGVub3VnaA==");
        }

        @Override
        public Optional<String> activeKey() {
            return Optional.of("bench");
        }

        @Override
        public Duration defaultTtl() {
            return Duration.ofHours(8);
        }

        @Override
        public Duration maxTtl() {
            return Duration.ofDays(30);
        }

        @Override
        public int maxPerSubject() {
            return 1000;
        }

        @Override
        public boolean foreign() {
            return true;
        }
    }
}
