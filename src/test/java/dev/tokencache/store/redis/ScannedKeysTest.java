package dev.tokencache.store.redis;

import dev.tokencache.testing.TokenDraft;
import dev.tokencache.token.RoutingTag;
import dev.tokencache.token.TokenHash;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class ScannedKeysTest {

    private final ScannedKeys scanned = new ScannedKeys("tc*:");
    private final RedisKeys keys = new RedisKeys("tc*:");

    @Test
    void shouldDistinguishSubjectsFromPointers() {
        RoutingTag subject = RoutingTag.ofSubject("alice");
        TokenHash foreign = TokenDraft.randomHash();

        assertThat(scanned.subject(keys.subject(subject))).contains(subject);
        assertThat(scanned.foreignToken(keys.subject(subject))).isEmpty();
        assertThat(scanned.foreignToken(keys.pointer(foreign))).contains(foreign);
        assertThat(scanned.subject(keys.pointer(foreign))).isEmpty();
        assertThat(scanned.pointer(foreign)).isEqualTo(keys.pointer(foreign));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"tc*:{migration}", "tc:{abcdefghijklmnop}", "tc*:{abcdefghijklmno.}", "tc*:{abcdefghijklmnop}x"})
    void shouldIgnoreOtherKeys(String name) {
        byte[] key = name.getBytes(StandardCharsets.UTF_8);
        assertThat(scanned.subject(key)).isEmpty();
        assertThat(scanned.foreignToken(key)).isEmpty();
    }

    @Test
    void shouldMatchOnlyKeysWithItsPrefix() {
        assertThat(scanned.glob()).asString().isEqualTo("tc\\*:{*}");
    }
}
