package dev.tokencache.token;

import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class TokenKeyTest {

    private static final HexFormat HEX = HexFormat.of();
    private static final byte[] SECRET =
            HEX.parseHex("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f");

    private final TokenKey key = new TokenKey("2024-a", SECRET);

    @Test
    void shouldSealWithItsIdAndTheHmacOfThePrecedingBytes() {
        byte[] token = HEX.parseHex("000000" + "3ec4865f82120d8aa2d4ee28" + "0123456789"
                + "404142434445464748494a4b4c4d4e4f50515253" + "00".repeat(TokenKey.MAC_BYTES));

        key.seal(token);

        // the id: printf 2024-a | sha256sum | cut -c1-6
        // the MAC: openssl dgst -sha256 -mac HMAC -macopt hexkey:0001…1f, over the first 40 bytes
        assertThat(HEX.formatHex(token))
                .isEqualTo("9cf77d" + "3ec4865f82120d8aa2d4ee28" + "0123456789"
                        + "404142434445464748494a4b4c4d4e4f50515253" + "990a22702571c9a53af2653ce11d");
        assertThat(key.id()).isEqualTo(0x9cf77d).isEqualTo(TokenKey.idIn(token));
        assertThat(key.verify(token)).isTrue();
    }

    @Test
    void shouldDetectEveryFlippedBit() {
        byte[] token = new byte[54];
        key.seal(token);

        for (int bit = 0; bit < token.length * 8; bit++) {
            token[bit / 8] ^= (byte) (1 << bit % 8);
            assertThat(key.verify(token)).as("bit %d", bit).isFalse();
            token[bit / 8] ^= (byte) (1 << bit % 8);
        }
        assertThat(key.verify(token)).isTrue();
    }

    @Test
    void shouldNotVerifyATokenSealedWithAnotherSecret() {
        byte[] token = new byte[54];
        byte[] other = SECRET.clone();
        other[31] ^= 1;
        new TokenKey("2024-a", other).seal(token);

        assertThat(key.verify(token)).isFalse();
    }

    @Test
    void shouldBeThreadSafe() throws Exception {
        byte[] expected = sealed();
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            List<Callable<byte[]>> calls = IntStream.range(0, 2000)
                    .mapToObj(i -> (Callable<byte[]>) this::sealed)
                    .toList();
            for (Future<byte[]> sealed : threads.invokeAll(calls)) {
                assertThat(sealed.get()).isEqualTo(expected);
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void shouldNotRevealTheSecret() {
        assertThat(key).hasToString("TokenKey[2024-a, secret=redacted]");
        assertThat(key.kid()).isEqualTo("2024-a");
    }

    private byte[] sealed() {
        byte[] token = new byte[54];
        key.seal(token);
        return token;
    }
}
