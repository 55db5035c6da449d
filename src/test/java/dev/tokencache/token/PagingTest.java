package dev.tokencache.token;

import dev.tokencache.testing.TokenDraft;
import dev.tokencache.token.Paging.Position;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class PagingTest {

    @Test
    void shouldReadItsTextForm() {
        Token token = TokenDraft.of("alice", 1_700_000_000_123L).token();
        for (long cursor : new long[] {0, 1, Long.MAX_VALUE, -1}) {
            assertThat(Position.parse(Position.after(cursor, token).text())).hasValue(Position.after(cursor, token));
            assertThat(Position.parse(Position.startOf(cursor).text())).hasValue(Position.startOf(cursor));
        }
        assertThat(Position.after(5, token).text()).hasSize(46);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "0", "?", "AAAA", "tc1_x"})
    void shouldRefuseOtherTexts(String text) {
        String valid = Position.startOf(7).text();
        assertThat(Position.parse(text)).isEmpty();
        assertThat(Position.parse(valid + text))
                .isEqualTo(text.isEmpty() ? Optional.of(Position.startOf(7)) : Optional.empty());
    }

    @Test
    void shouldRefuseATextThatNoListingReturns() {
        String valid = Position.startOf(7).text();
        assertThat(Position.parse(valid.substring(0, valid.length() - 1) + "B")).isEmpty();
        assertThat(Position.parse(valid + "==")).isEmpty();
        assertThat(Position.parse(new Position(0, -2, TokenDraft.randomHash()).text()))
                .isEmpty();
        assertThat(Position.parse(new Position(0, 1L << 48, TokenDraft.randomHash()).text()))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, 1001, Integer.MAX_VALUE})
    void shouldNameALimitOutOfRange(int limit) {
        assertThatThrownBy(() -> new Paging(limit, Optional.empty()))
                .isInstanceOfSatisfying(InvalidRequestException.class, invalid -> assertThat(invalid.violations())
                        .extracting(InvalidRequestException.Violation::field)
                        .containsExactly("limit"));
    }
}
