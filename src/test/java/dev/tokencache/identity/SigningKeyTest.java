package dev.tokencache.identity;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPrivateKeySpec;
import java.util.Base64;
import org.jose4j.jwk.JsonWebKey.OutputControlLevel;
import org.jose4j.keys.EllipticCurves;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class SigningKeyTest {

    private static final String P384 = """
            -----BEGIN PRIVATE KEY-----
            MIG2AgEAMBAGByqGSM49AgEGBSuBBAAiBIGeMIGbAgEBBDBtJCa7pNs6TW6GirgJ
            /ND83+9SPQ1Wz2yqmjyT5S4e2ENiYHubQRfaWvK3Zcb0iOGhZANiAATzEExuzCgr
            kz4altZ3JLkxpJGIIwVTGB/anPv5CXU9AvTRvjiXQjkkguzvsRblCPjBNMWN7Bmx
            SSHbzUh1S14nGrJFX491T2oDgoao2lSTc5sc28ODDHaoQDkjS67h5GU=
            -----END PRIVATE KEY-----
            """;

    private static String pem(KeyPair pair) {
        return "-----BEGIN PRIVATE KEY-----"
                + Base64.getEncoder().encodeToString(pair.getPrivate().getEncoded())
                + "-----END PRIVATE KEY-----";
    }

    @Test
    void shouldPublishAnEcKey() {
        assertThat(SigningKey.parse("a", IdentityKeys.EC).publicJwk().toParams(OutputControlLevel.PUBLIC_ONLY))
                .containsOnly(
                        entry("kty", "EC"),
                        entry("kid", "a"),
                        entry("use", "sig"),
                        entry("alg", "ES256"),
                        entry("crv", "P-256"),
                        entry("x", IdentityKeys.EC_X),
                        entry("y", IdentityKeys.EC_Y));
    }

    @Test
    void shouldPublishAnEd25519Key() {
        assertThat(SigningKey.parse("a", IdentityKeys.ED25519).publicJwk().toParams(OutputControlLevel.PUBLIC_ONLY))
                .containsOnly(
                        entry("kty", "OKP"),
                        entry("kid", "a"),
                        entry("use", "sig"),
                        entry("alg", "EdDSA"),
                        entry("crv", "Ed25519"),
                        entry("x", IdentityKeys.ED25519_X));
    }

    /** Java writes PKCS#8 without the public key, and verifies without the library that signs. */
    @RepeatedTest(20)
    void shouldDeriveThePublicKeyOfAnyKey() throws GeneralSecurityException {
        KeyPairGenerator ec = KeyPairGenerator.getInstance("EC");
        ec.initialize(new ECGenParameterSpec("secp256r1"));
        KeyPairGenerator ed25519 = KeyPairGenerator.getInstance("Ed25519");
        assertSignsFor(ec.generateKeyPair(), "SHA256withECDSAinP1363Format");
        assertSignsFor(ed25519.generateKeyPair(), "Ed25519");
    }

    private static void assertSignsFor(KeyPair pair, String algorithm) throws GeneralSecurityException {
        SigningKey key = SigningKey.parse("a", pem(pair));
        String jws = key.sign("JWT", new byte[] {1});
        int dot = jws.lastIndexOf('.');
        Signature signature = Signature.getInstance(algorithm);
        signature.initVerify(pair.getPublic());
        signature.update(jws.substring(0, dot).getBytes(StandardCharsets.US_ASCII));

        assertThat(signature.verify(Base64.getUrlDecoder().decode(jws.substring(dot + 1))))
                .isTrue();
        assertThat(key.publicJwk().getPublicKey()).isEqualTo(pair.getPublic());
    }

    @Test
    void shouldRefuseAScalarOutOfRange() throws GeneralSecurityException {
        ECParameterSpec p256 = EllipticCurves.P256;
        for (BigInteger scalar : new BigInteger[] {BigInteger.ZERO, p256.getOrder()}) {
            PrivateKey key = KeyFactory.getInstance("EC").generatePrivate(new ECPrivateKeySpec(scalar, p256));
            String pem = pem(new KeyPair(null, key));

            assertThatThrownBy(() -> SigningKey.parse("a", pem)).hasMessageContaining("has no usable key");
        }
    }

    @Test
    void shouldReadAKeyFromAFileOrOneLine(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("key.pem"), IdentityKeys.EC);

        for (String value : new String[] {file.toString(), IdentityKeys.EC.replace("\n", ""), IdentityKeys.EC}) {
            assertThat(SigningKey.parse("a", value).algorithm()).isEqualTo("ES256");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "/no/such/file, is neither a PEM nor the path of a readable file",
        "'', is neither a PEM nor the path of a readable file",
        "-----BEGIN EC PRIVATE KEY-----MHcC-----END EC PRIVATE KEY-----, is not PKCS#8 in PEM",
        "-----BEGIN PRIVATE KEY-----hunter2-----END PRIVATE KEY-----, is neither an EC P-256 nor an Ed25519 key",
        "-----BEGIN PRIVATE KEY----------END PRIVATE KEY-----, is neither an EC P-256 nor an Ed25519 key",
    })
    void shouldRefuseWhatIsNoKey(String value, String problem) {
        assertThatThrownBy(() -> SigningKey.parse("a", value))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(problem)
                .hasMessageNotContaining("hunter2");
    }

    @ParameterizedTest
    @ValueSource(strings = {"RSA", "X25519"})
    void shouldRefuseAKeyOfAnotherAlgorithm(String algorithm) throws GeneralSecurityException {
        String pem = pem(KeyPairGenerator.getInstance(algorithm).generateKeyPair());

        assertThatThrownBy(() -> SigningKey.parse("a", pem))
                .hasMessageContaining("is neither an EC P-256 nor an Ed25519 key");
    }

    @Test
    void shouldRefuseAnotherCurve() {
        assertThatThrownBy(() -> SigningKey.parse("a", P384)).hasMessageContaining("of another curve than P-256");
    }

    @Test
    void shouldNotPrintTheKey() {
        assertThat(SigningKey.parse("a", IdentityKeys.EC)).hasToString("SigningKey[a, key=redacted]");
    }
}
