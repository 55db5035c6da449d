package dev.tokencache.identity;

import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.interfaces.ECPrivateKey;
import org.jose4j.jwk.PublicJsonWebKey;
import org.jose4j.jws.AlgorithmIdentifiers;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.lang.JoseException;

/** A private key that signs JSON Web Tokens: ES256 with EC P-256, EdDSA with Ed25519. Immutable and thread-safe. */
final class SigningKey {

    private final String kid;
    private final String algorithm;
    private final PrivateKey privateKey;
    private final PublicJsonWebKey publicJwk;

    private SigningKey(String kid, String algorithm, PrivateKey privateKey, PublicKey publicKey) throws JoseException {
        this.kid = kid;
        this.algorithm = algorithm;
        this.privateKey = privateKey;
        this.publicJwk = PublicJsonWebKey.Factory.newPublicJwk(publicKey);
        publicJwk.setKeyId(kid);
        publicJwk.setUse("sig");
        publicJwk.setAlgorithm(algorithm);
    }

    /**
     * Reads a key.
     *
     * @param pemOrPath PKCS#8 in PEM, or the path of a file with it
     * @throws IllegalArgumentException saying what is wrong, without a part of the key
     */
    static SigningKey parse(String kid, String pemOrPath) {
        PrivateKey key = Pkcs8.parse(pemOrPath);
        try {
            PublicKey publicKey = PublicKeys.of(key);
            boolean isEc = key instanceof ECPrivateKey;
            return new SigningKey(
                    kid,
                    isEc ? AlgorithmIdentifiers.ECDSA_USING_P256_CURVE_AND_SHA256 : AlgorithmIdentifiers.EDDSA,
                    key,
                    publicKey);
        } catch (GeneralSecurityException | JoseException unusable) {
            throw new IllegalArgumentException("has no usable key: " + unusable.getMessage());
        }
    }

    String algorithm() {
        return algorithm;
    }

    /** The public key as a JSON Web Key (RFC 7517). */
    PublicJsonWebKey publicJwk() {
        return publicJwk;
    }

    /** Signs a claims set: a JWS in compact form (RFC 7515). */
    String sign(String type, byte[] claims) {
        JsonWebSignature jws = new JsonWebSignature();
        jws.setHeader("typ", type);
        jws.setAlgorithmHeaderValue(algorithm);
        jws.setKeyIdHeaderValue(kid);
        jws.setPayloadBytes(claims);
        jws.setKey(privateKey);
        try {
            return jws.getCompactSerialization();
        } catch (JoseException e) {
            throw new IllegalStateException("a key that signed at the start cannot sign", e);
        }
    }

    @Override
    public String toString() {
        return "SigningKey[" + kid + ", key=redacted]";
    }
}
