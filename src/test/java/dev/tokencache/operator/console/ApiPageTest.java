package dev.tokencache.operator.console;

import java.util.Optional;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ApiPageTest {

    @Test
    void shouldCallNothingOutsideOfDevMode() {
        assertThat(new ApiPage(Optional.empty()).actions()).isEmpty();
    }

    @Test
    void shouldEscapeTextsAndMarkCode() {
        assertThat(Prose.prose("a <b> `c&d` \"e\" 'f' `g").getValue())
                .isEqualTo("a &lt;b&gt; <code>c&amp;d</code> &quot;e&quot; &#39;f&#39; `g");
    }
}
