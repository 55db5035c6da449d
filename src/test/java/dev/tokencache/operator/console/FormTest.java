package dev.tokencache.operator.console;

import dev.tokencache.token.InvalidRequestException;
import io.vertx.core.MultiMap;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class FormTest {

    private static Form form(String name, String value) {
        return new Form(MultiMap.caseInsensitiveMultiMap().add(name, value), Optional.empty());
    }

    @Test
    void shouldStripValues() {
        assertThat(form("sub", " alice\n").required("sub")).isEqualTo("alice");
        assertThat(form("sub", "x").optional("other")).isEmpty();
        assertThat(form("force", "true").isChecked("force")).isTrue();
        assertThat(form("force", "true").isChecked("other")).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "\t"})
    void shouldNameARequiredFieldThatIsEmpty(String value) {
        assertThatThrownBy(() -> form("sub", value).required("sub"))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining("sub")
                .hasMessageContaining("is required");
    }

    @Test
    void shouldReadWholeNumbers() {
        assertThat(form("n", "042").number("n")).hasValue(42);
        assertThat(form("n", "999999999").longNumber("n")).hasValue(999_999_999);
        assertThat(form("n", "").number("n")).isEmpty();
        assertThat(form("n", "").longNumber("n")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1", "1.5", "1e3", "x", "1000000000", "99999999999999999999", "٣"})
    void shouldRefuseOtherNumbers(String value) {
        assertThatThrownBy(() -> form("n", value).number("n"))
                .isInstanceOf(InvalidRequestException.class)
                .hasMessageContaining("must be a whole number");
    }

    @Test
    void shouldRequireExactlyTheWords() {
        form("confirmation", "alice").requireConfirmation("alice");
        for (String wrong : new String[] {"", "Alice", "alice2", "yes"}) {
            assertThatThrownBy(() -> form("confirmation", wrong).requireConfirmation("alice"))
                    .isInstanceOf(InvalidRequestException.class)
                    .hasMessageContaining("confirmation");
        }
        assertThatThrownBy(() -> form("other", "alice").requireConfirmation("alice"))
                .isInstanceOf(InvalidRequestException.class);
    }
}
