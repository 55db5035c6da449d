package dev.tokencache.token;

import java.util.List;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class AudienceTest {

    @Test
    void shouldDistinguishAStringFromAnArrayOfOne() {
        assertThat(Audience.of("a")).isNotEqualTo(Audience.of(List.of("a")));
        assertThat(Audience.of("a").single()).isTrue();
        assertThat(Audience.of(List.of("a")).single()).isFalse();
    }

    @Test
    void shouldRejectASingleAudienceWithoutExactlyOneString() {
        assertThatIllegalArgumentException().isThrownBy(() -> new Audience(List.of("a", "b"), true));
        assertThatIllegalArgumentException().isThrownBy(() -> new Audience(List.of(), true));
    }
}
