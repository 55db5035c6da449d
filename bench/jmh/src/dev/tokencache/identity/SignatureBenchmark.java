package dev.tokencache.identity;

import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Signature;
import java.util.Base64;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** A signed identity, and only its signature with Java's own classes. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class SignatureBenchmark {

    private final byte[] claims = new byte[165];

    @Param({"EC", "Ed25519"})
    public String algorithm;

    private PrivateKey key;
    private SigningKey signingKey;

    @Setup
    public void generateKey() throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
        generator.initialize(algorithm.equals("EC") ? 256 : 255);
        key = generator.generateKeyPair().getPrivate();
        String base64 = Base64.getEncoder().encodeToString(key.getEncoded());
        signingKey = SigningKey.parse(
                "bench", "-----BEGIN PRIVATE KEY-----" + base64 + "-----END PRIVATE KEY-----");
    }

    @Benchmark
    public Object identity() {
        return signingKey.sign("JWT", claims);
    }

    @Benchmark
    public Object java() throws GeneralSecurityException {
        Signature signature =
                Signature.getInstance(algorithm.equals("EC") ? "SHA256withECDSAinP1363Format" : algorithm);
        signature.initSign(key);
        signature.update(claims);
        return signature.sign();
    }
}
