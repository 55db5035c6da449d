package dev.tokencache.identity;

import java.nio.charset.StandardCharsets;
import java.security.PrivateKey;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.EdECPrivateKey;
import java.util.HashMap;
import java.util.Map;
import org.bouncycastle.crypto.CipherParameters;
import org.bouncycastle.crypto.CryptoException;
import org.bouncycastle.crypto.Signer;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.ec.CustomNamedCurves;
import org.bouncycastle.crypto.params.ECDomainParameters;
import org.bouncycastle.crypto.params.ECPrivateKeyParameters;
import org.bouncycastle.crypto.params.Ed25519PrivateKeyParameters;
import org.bouncycastle.crypto.signers.DSADigestSigner;
import org.bouncycastle.crypto.signers.ECDSASigner;
import org.bouncycastle.crypto.signers.Ed25519Signer;
import org.bouncycastle.crypto.signers.HMacDSAKCalculator;
import org.bouncycastle.crypto.signers.PlainDSAEncoding;
import org.bouncycastle.math.ec.ECPoint;
import org.bouncycastle.math.ec.FixedPointCombMultiplier;
import org.jose4j.base64url.Base64Url;
import org.jose4j.jwk.PublicJsonWebKey;
import org.jose4j.jwx.Headers;
import org.jose4j.lang.JoseException;

import static org.jose4j.jws.AlgorithmIdentifiers.ECDSA_USING_P256_CURVE_AND_SHA256;
import static org.jose4j.jws.AlgorithmIdentifiers.EDDSA;

/** A private key that signs JSON Web Tokens: ES256 with EC P-256, EdDSA with Ed25519. Immutable and thread-safe. */
final class SigningKey {

    private static final ECDomainParameters P256 = new ECDomainParameters(CustomNamedCurves.getByName("P-256"));

    private final CipherParameters privateKey;
    private final PublicJsonWebKey publicJwk;

    private SigningKey(String kid, CipherParameters privateKey, String algorithm, Map<String, String> publicKey)
            throws JoseException {
        this.privateKey = privateKey;
        this.publicJwk = PublicJsonWebKey.Factory.newPublicJwk(new HashMap<>(publicKey));
        publicJwk.setKeyId(kid);
        publicJwk.setUse("sig");
        publicJwk.setAlgorithm(algorithm);
    }

    /**
     * Reads a key, and derives its public key: PKCS#8 may leave that out (RFC 5208), and Java does not read it.
     *
     * @param pemOrPath PKCS#8 in PEM, or the path of a file with it
     * @throws IllegalArgumentException saying what is wrong, without a part of the key
     */
    static SigningKey parse(String kid, String pemOrPath) {
        PrivateKey key = Pkcs8.parse(pemOrPath);
        try {
            return key instanceof ECPrivateKey ec ? of(kid, ec) : of(kid, (EdECPrivateKey) key);
        } catch (IllegalArgumentException | JoseException unusable) {
            throw new IllegalArgumentException("has no usable key: " + unusable.getMessage());
        }
    }

    private static SigningKey of(String kid, ECPrivateKey key) throws JoseException {
        ECPrivateKeyParameters privateKey = new ECPrivateKeyParameters(key.getS(), P256);
        ECPoint point = new FixedPointCombMultiplier()
                .multiply(P256.getG(), privateKey.getD())
                .normalize();
        String x = Base64Url.encode(point.getAffineXCoord().getEncoded());
        String y = Base64Url.encode(point.getAffineYCoord().getEncoded());
        Map<String, String> publicKey = Map.of("kty", "EC", "crv", "P-256", "x", x, "y", y);
        return new SigningKey(kid, privateKey, ECDSA_USING_P256_CURVE_AND_SHA256, publicKey);
    }

    private static SigningKey of(String kid, EdECPrivateKey key) throws JoseException {
        byte[] bytes = key.getBytes().orElseThrow(() -> new IllegalArgumentException("its bytes are not readable"));
        Ed25519PrivateKeyParameters privateKey = new Ed25519PrivateKeyParameters(bytes);
        String x = Base64Url.encode(privateKey.generatePublicKey().getEncoded());
        return new SigningKey(kid, privateKey, EDDSA, Map.of("kty", "OKP", "crv", "Ed25519", "x", x));
    }

    String algorithm() {
        return publicJwk.getAlgorithm();
    }

    /** The public key as a JSON Web Key (RFC 7517). */
    PublicJsonWebKey publicJwk() {
        return publicJwk;
    }

    /** Signs a claims set: a JWS in compact form (RFC 7515). */
    String sign(String type, byte[] claims) {
        Headers header = new Headers();
        header.setStringHeaderValue("typ", type);
        header.setStringHeaderValue("alg", algorithm());
        header.setStringHeaderValue("kid", publicJwk.getKeyId());
        String signed = header.getEncodedHeader() + '.' + Base64Url.encode(claims);
        return signed + '.' + Base64Url.encode(signature(signed.getBytes(StandardCharsets.US_ASCII)));
    }

    /** Signs with Bouncy Castle: see ADR 20. Its ECDSA needs no randomness (RFC 6979), so it cannot block. */
    private byte[] signature(byte[] message) {
        Signer signer = privateKey instanceof ECPrivateKeyParameters
                ? new DSADigestSigner(
                        new ECDSASigner(new HMacDSAKCalculator(new SHA256Digest())),
                        new SHA256Digest(),
                        PlainDSAEncoding.INSTANCE)
                : new Ed25519Signer();
        signer.init(true, privateKey);
        signer.update(message, 0, message.length);
        try {
            return signer.generateSignature();
        } catch (CryptoException e) {
            throw new IllegalStateException("a key that signed at the start cannot sign", e);
        }
    }

    @Override
    public String toString() {
        return "SigningKey[" + publicJwk.getKeyId() + ", key=redacted]";
    }
}
