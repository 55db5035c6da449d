package dev.tokencache.store.revocation;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class RecentMessagesTest {

    @Test
    void shouldRecognizeTheLastMessagesAndForgetOlderOnes() {
        RecentMessages recent = new RecentMessages();
        assertThat(recent.isFirst("a")).isTrue();
        assertThat(recent.isFirst("a")).isFalse();
        for (int i = 0; i < 1024; i++) {
            assertThat(recent.isFirst("x" + i)).isTrue();
        }
        assertThat(recent.isFirst("x0")).isFalse();
        assertThat(recent.isFirst("a")).isTrue();
    }
}
