package dev.tokencache.seal;

import dev.tokencache.token.Claims;
import dev.tokencache.token.RoutingTag;
import dev.tokencache.token.Token;
import dev.tokencache.token.TokenHash;
import dev.tokencache.token.TokenId;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
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

/** Sealing and opening a token's record, and what the same costs without a seal. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class SealBenchmark {

    private static final long NOW = 1_700_000_000;
    private static final long LIFETIME = 28_800;

    private final Token token = new Token(
            new TokenId(RoutingTag.ofSubject("somebody@mail.example"), TokenHash.ofBytes(new byte[TokenHash.BYTES])),
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

    private final Seal off = Seal.off();
    private final Seal on = sealing();
    private final Place place = Place.ofRecord(
            "tc:{AAAAAAAAAAAAAAAA}".getBytes(StandardCharsets.US_ASCII), token.id().hash().bytes());
    private final Place ofNotBefore = Place.ofNotBefore(place.key());
    private final byte[] record = off.encode(token, place);
    private final byte[] sealed = on.encode(token, place);
    // A record of the same field in another hash: in turn, neither is remembered.
    private final Place otherPlace = Place.ofRecord("tc:{BAAAAAAAAAAAAAAA}".getBytes(StandardCharsets.US_ASCII), place.field());
    private final byte[] otherSealed = on.encode(token, otherPlace);
    private boolean isOther;
    private final String notBefore = on.authenticate("1700000000000", ofNotBefore);

    private static Seal sealing() {
        Seal seal = Seal.off();
        seal.use(SealKeys.of(Map.of("a", Base64.getEncoder().encodeToString(new byte[32])), Optional.of("a"), true));
        return seal;
    }

    @Benchmark
    public Object encode() {
        return off.encode(token, place);
    }

    @Benchmark
    public Object encodeSealed() {
        return on.encode(token, place);
    }

    @Benchmark
    public Object decode() {
        isOther = !isOther;
        return off.decode(token.id(), record, isOther ? otherPlace : place);
    }

    @Benchmark
    public Object decodeSealed() {
        isOther = !isOther;
        return on.decode(token.id(), isOther ? otherSealed : sealed, isOther ? otherPlace : place);
    }

    @Benchmark
    public Object decodeAgain() {
        return off.decode(token.id(), record, place);
    }

    @Benchmark
    public Object decodeSealedAgain() {
        return on.decode(token.id(), sealed, place);
    }

    @Benchmark
    public Object verifyNotBefore() {
        return on.verify(notBefore, ofNotBefore);
    }
}
