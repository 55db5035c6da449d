package dev.tokencache.redis;

import java.nio.charset.StandardCharsets;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.AlphaChars;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class HashSlotTest {

    @Test
    void shouldComputeTheCheckValueOfCrc16Xmodem() {
        // The test vector of the Redis Cluster specification, appendix A.
        assertThat(HashSlot.crc16(bytes("123456789"), 0, 9)).isEqualTo(0x31c3);
    }

    /** The expected slots are those of {@code CLUSTER KEYSLOT} on redis-server 7.0. */
    @ParameterizedTest
    @CsvSource({
        "foo, 12182",
        "bar, 5061",
        "hello, 866",
        "'', 0",
        "{user1000}.following, 3443",
        "{user1000}.followers, 3443",
        "user1000, 3443",
        "foo{}{bar}, 8363",
        "foo{{bar}}zap, 4015",
        "{bar, 4015",
        "foo{bar}{zap}, 5061",
        "foo}{bar}, 5061",
    })
    void shouldComputeTheSameSlotAsRedis(String key, int slot) {
        assertThat(HashSlot.of(bytes(key))).isEqualTo(slot);
    }

    @Property
    void shouldHashOnlyTheTag(
            @ForAll @AlphaChars String before,
            @ForAll @AlphaChars @StringLength(min = 1) String tag,
            @ForAll String after) {
        assertThat(HashSlot.of(bytes(before + "{" + tag + "}" + after))).isEqualTo(HashSlot.of(bytes(tag)));
    }

    @Property
    void shouldStayWithinTheSlots(@ForAll byte[] key) {
        assertThat(HashSlot.of(key)).isBetween(0, HashSlot.COUNT - 1);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
