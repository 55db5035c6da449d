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

    private final ScannedKeys walked = new ScannedKeys("tc*:");
    private final RedisKeys keys = new RedisKeys("tc*:");

    @Test
    void shouldTellSubjectsFromPointers() {
        RoutingTag subject = RoutingTag.ofSubject("alice");
        TokenHash foreign = TokenDraft.randomHash();

        assertThat(walked.subject(keys.subject(subject))).contains(subject);
        assertThat(walked.foreignToken(keys.subject(subject))).isEmpty();
        assertThat(walked.foreignToken(keys.pointer(foreign))).contains(foreign);
        assertThat(walked.subject(keys.pointer(foreign))).isEmpty();
        assertThat(walked.pointer(foreign)).isEqualTo(keys.pointer(foreign));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"tc*:{migration}", "tc:{abcdefghijklmnop}", "tc*:{abcdefghijklmno.}", "tc*:{abcdefghijklmnop}x"})
    void shouldLeaveOtherKeysAlone(String name) {
        byte[] key = name.getBytes(StandardCharsets.UTF_8);
        assertThat(walked.subject(key)).isEmpty();
        assertThat(walked.foreignToken(key)).isEmpty();
    }

    @Test
    void shouldAskForItsKeysAlone() {
        assertThat(walked.glob()).asString().isEqualTo("tc\\*:{*}");
    }
}
