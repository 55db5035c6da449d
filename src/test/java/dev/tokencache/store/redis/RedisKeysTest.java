package dev.tokencache.store.redis;

import dev.tokencache.testing.TokenDraft;
import dev.tokencache.token.RoutingTag;
import dev.tokencache.token.TokenHash;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class RedisKeysTest {

    private final RedisKeys keys = new RedisKeys("tc*:");

    @Test
    void shouldDistinguishSubjectsFromPointers() {
        RoutingTag subject = RoutingTag.ofSubject("alice");
        TokenHash foreign = TokenDraft.randomHash();

        assertThat(keys.subjectOf(keys.subject(subject))).contains(subject);
        assertThat(keys.foreignTokenOf(keys.subject(subject))).isEmpty();
        assertThat(keys.foreignTokenOf(keys.pointer(foreign))).contains(foreign);
        assertThat(keys.subjectOf(keys.pointer(foreign))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"tc*:{migration}", "tc:{abcdefghijklmnop}", "tc*:{abcdefghijklmno.}", "tc*:{abcdefghijklmnop}x"})
    void shouldIgnoreOtherKeys(String name) {
        byte[] key = name.getBytes(StandardCharsets.UTF_8);
        assertThat(keys.subjectOf(key)).isEmpty();
        assertThat(keys.foreignTokenOf(key)).isEmpty();
    }

    @Test
    void shouldMatchOnlyKeysWithItsPrefix() {
        assertThat(keys.glob()).asString().isEqualTo("tc\\*:{*}");
    }
}
