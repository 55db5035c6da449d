package dev.tokencache.seal;

import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.HexFormat;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class Xaes256GcmTest {

    private static final byte[] NONCE = "ABCDEFGHIJKLMNOPQRSTUVWX".getBytes(US_ASCII);
    private static final byte[] PLAIN = "XAES-256-GCM".getBytes(US_ASCII);

    /** The vectors of <a href="https://c2sp.org/XAES-256-GCM">C2SP</a>: for both values of the top bit of L. */
    @ParameterizedTest
    @CsvSource({
        "1,'',ce546ef63c9cc60765923609b33a9a1974e96e52daf2fcf7075e2271",
        "3,c2sp.org/XAES-256-GCM,986ec1832593df5443a179437fd083bf3fdb41abd740a21f71eb769d"
    })
    void shouldMatchThePublishedVectors(byte keyByte, String associated, String expected) throws Exception {
        Xaes256Gcm cipher = cipher(keyByte);
        byte[] message = encrypted(cipher, associated);

        assertThat(HexFormat.of().formatHex(message, NONCE.length, message.length))
                .isEqualTo(expected);
        assertThat(cipher.decrypt(message, NONCE.length, associated.getBytes(US_ASCII), 0))
                .isEqualTo(PLAIN);
    }

    @Test
    void shouldEncryptTheSameMessageTwice() throws Exception {
        Xaes256Gcm cipher = cipher((byte) 1);

        assertThat(encrypted(cipher, "a")).isEqualTo(encrypted(cipher, "a"));
    }

    @Test
    void shouldRejectAChangedMessage() throws Exception {
        Xaes256Gcm cipher = cipher((byte) 1);
        byte[] message = encrypted(cipher, "a");
        message[message.length - 1]++;

        assertThatThrownBy(() -> cipher.decrypt(message, NONCE.length, "a".getBytes(US_ASCII), 0))
                .isInstanceOf(AEADBadTagException.class);
    }

    /** Test case 16 of the GCM specification submitted to NIST: the platform's AES-256-GCM. */
    @Test
    void shouldBuildOnAesGcmAsNistPublishedIt() throws Exception {
        Cipher gcm = Cipher.getInstance("AES/GCM/NoPadding");
        gcm.init(
                Cipher.ENCRYPT_MODE,
                new SecretKeySpec(hex("feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308"), "AES"),
                new GCMParameterSpec(128, hex("cafebabefacedbaddecaf888")));
        gcm.updateAAD(hex("feedfacedeadbeeffeedfacedeadbeefabaddad2"));

        assertThat(gcm.doFinal(
                        hex("d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e24"
                                + "49a6b525b16aedf5aa0de657ba637b39")))
                .isEqualTo(
                        hex("522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b10"
                                + "56828838c5f61e6393ba7a0abcc9f66276fc6ece0f4e1768cddf8853bb2d551b"));
    }

    private static Xaes256Gcm cipher(byte keyByte) throws GeneralSecurityException {
        byte[] key = new byte[32];
        Arrays.fill(key, keyByte);
        return new Xaes256Gcm(key);
    }

    private static byte[] encrypted(Xaes256Gcm cipher, String associated) throws GeneralSecurityException {
        byte[] message = Arrays.copyOf(NONCE, NONCE.length + PLAIN.length + Xaes256Gcm.TAG_BYTES);
        System.arraycopy(PLAIN, 0, message, NONCE.length, PLAIN.length);
        cipher.encrypt(message, NONCE.length, associated.getBytes(US_ASCII));
        return message;
    }

    private static byte[] hex(String text) {
        return HexFormat.of().parseHex(text);
    }
}
