package dev.tokencache.token;

import java.util.HexFormat;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class TokenHashTest {

    @Test
    void shouldNotChangeTheDerivationThatStoredRecordsDependOn() {
        // printf legacy-session-0123456789 | sha256sum | cut -c1-36
        TokenHash hash = TokenHash.ofToken("legacy-session-0123456789");

        assertThat(HexFormat.of().formatHex(hash.bytes())).isEqualTo("4948e00924cd8cf87f7ff40030c95ba9fc3c");
        assertThat(hash.text()).isEqualTo("SUjgCSTNjPh_f_QAMMlbqfw8");
        assertThat(hash).hasToString(hash.text());
    }

    @Test
    void shouldEqualAHashOfTheSameBytes() {
        TokenHash hash = TokenHash.ofToken("legacy-session-0123456789");

        assertThat(TokenHash.ofBytes(hash.bytes())).isEqualTo(hash).hasSameHashCodeAs(hash);
        assertThat(TokenHash.ofToken("legacy-session-0123456788")).isNotEqualTo(hash);
        assertThat(hash).isNotEqualTo(hash.text());
    }

    @Test
    void shouldReadPartOfALongerArray() {
        byte[] longer = new byte[TokenHash.BYTES + 5];
        longer[3] = 7;

        byte[] expected = new byte[TokenHash.BYTES];
        expected[0] = 7;
        assertThat(TokenHash.ofBytes(longer, 3)).isEqualTo(TokenHash.ofBytes(expected));
    }

    @Test
    void shouldCopyItsBytes() {
        byte[] bytes = new byte[TokenHash.BYTES];
        TokenHash hash = TokenHash.ofBytes(bytes);

        bytes[0] = 1;

        assertThat(hash).isEqualTo(TokenHash.ofBytes(new byte[TokenHash.BYTES]));
    }

    @Test
    void shouldRejectAnyOtherLength() {
        assertThatIllegalArgumentException().isThrownBy(() -> TokenHash.ofBytes(new byte[17]));
        assertThatIllegalArgumentException().isThrownBy(() -> TokenHash.ofBytes(new byte[19]));
    }
}
