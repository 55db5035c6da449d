package dev.tokencache.identity;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyFactory;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.EdECPrivateKey;
import java.security.spec.ECFieldFp;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.ECPublicKeySpec;
import java.util.List;
import javax.crypto.KeyAgreement;

/**
 * Derives the public key of a private one. PKCS#8 may leave it out (RFC 5208), and Java does not read it. Each result has
 * verified a signature.
 */
final class PublicKeys {

    private static final byte[] SAMPLE = {1};

    private PublicKeys() {}

    static PublicKey of(PrivateKey key) throws GeneralSecurityException {
        boolean isEc = key instanceof ECPrivateKey;
        String algorithm = isEc ? "SHA256withECDSA" : "Ed25519";
        for (PublicKey candidate : isEc ? ofEc((ECPrivateKey) key) : ofEd25519((EdECPrivateKey) key)) {
            if (verifies(algorithm, key, candidate)) {
                return candidate;
            }
        }
        throw new InvalidKeyException("its public key cannot be derived");
    }

    private static boolean verifies(String algorithm, PrivateKey key, PublicKey candidate)
            throws GeneralSecurityException {
        Signature signature = Signature.getInstance(algorithm);
        signature.initSign(key);
        signature.update(SAMPLE);
        byte[] signed = signature.sign();
        signature.initVerify(candidate);
        signature.update(SAMPLE);
        return signature.verify(signed);
    }

    /**
     * The two points with the x coordinate of the public key. A Diffie-Hellman agreement with the generator of the curve is
     * the multiplication that Java offers; its result is this coordinate.
     */
    private static List<PublicKey> ofEc(ECPrivateKey key) throws GeneralSecurityException {
        ECParameterSpec curve = key.getParams();
        KeyFactory factory = KeyFactory.getInstance("EC");
        KeyAgreement agreement = KeyAgreement.getInstance("ECDH");
        agreement.init(key);
        agreement.doPhase(factory.generatePublic(new ECPublicKeySpec(curve.getGenerator(), curve)), true);
        BigInteger x = new BigInteger(1, agreement.generateSecret());
        BigInteger p = ((ECFieldFp) curve.getCurve().getField()).getP();
        BigInteger square = x.pow(3)
                .add(curve.getCurve().getA().multiply(x))
                .add(curve.getCurve().getB());
        // A square root, since p of P-256 is 3 modulo 4.
        BigInteger y = square.modPow(p.add(BigInteger.ONE).shiftRight(2), p);
        return List.of(
                factory.generatePublic(new ECPublicKeySpec(new ECPoint(x, y), curve)),
                factory.generatePublic(new ECPublicKeySpec(new ECPoint(x, p.subtract(y)), curve)));
    }

    /** The public key that a generator makes of the private key's bytes, which are random bytes (RFC 8032 section 5.1.5). */
    private static List<PublicKey> ofEd25519(EdECPrivateKey key) throws GeneralSecurityException {
        byte[] bytes = key.getBytes().orElseThrow(() -> new InvalidKeyException("its bytes are not readable"));
        KeyPairGenerator generator = KeyPairGenerator.getInstance("Ed25519");
        generator.initialize(255, new Repeated(bytes));
        return List.of(generator.generateKeyPair().getPublic());
    }

    /** A source of bytes that are not random at all. */
    private static final class Repeated extends SecureRandom {

        private static final long serialVersionUID = 1L;

        private final byte[] bytes;

        Repeated(byte[] bytes) {
            this.bytes = bytes.clone();
        }

        @Override
        public void nextBytes(byte[] target) {
            System.arraycopy(bytes, 0, target, 0, target.length);
        }
    }
}
