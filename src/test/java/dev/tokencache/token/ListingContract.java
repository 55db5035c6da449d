package dev.tokencache.token;

import dev.tokencache.testing.TokenDraft;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** {@link TokenStore#list}: all active tokens of a subject, oldest first. */
abstract class ListingContract extends TokenStoreFixture {

    ListingContract(TokenStoreContract contract) {
        super(contract);
    }

    @Test
    void shouldListNothingForAnUnknownSubject() {
        assertThat(list(sub)).isEqualTo(new SubjectTokens(OptionalLong.empty(), List.of()));
    }

    @Test
    void shouldListOnlyActiveTokensOldestFirst() {
        Token third = created(draft().issuedAtMillis(now() + 3));
        Token first = created(draft().issuedAtMillis(now() + 1));
        Token second = createdForeign(draft().issuedAtMillis(now() + 2));
        expire(byId(created(draft())));
        created(draft().lifetime(10));
        created(draft().idleTimeout(10));
        created(TokenDraft.of(freshSubject(), now()));
        advance(11);

        assertThat(list(sub)).isEqualTo(new SubjectTokens(OptionalLong.empty(), List.of(first, second, third)));
    }

    @Test
    void shouldListTheNotBeforeTimeAndTokensIssuedAfterIt() {
        created(draft());
        long notBefore = expireSubject(sub);
        Token after = created(draft().issuedAtMillis(notBefore + 1));

        assertThat(list(sub)).isEqualTo(new SubjectTokens(OptionalLong.of(notBefore), List.of(after)));
    }

    @Test
    void shouldListManyTokensOfOneSubject() {
        List<TokenDraft> drafts = drafts(300);
        for (int i = 0; i < drafts.size(); i += 2) {
            drafts.get(i).lifetime(60);
        }
        createAll(drafts);
        assertThat(list(sub).tokens())
                .isEqualTo(drafts.stream().map(TokenDraft::token).toList());

        advance(100);

        List<Token> live = IntStream.range(0, 150)
                .mapToObj(i -> drafts.get(2 * i + 1).token())
                .toList();
        assertThat(list(sub).tokens()).isEqualTo(live);
    }

    @Test
    void shouldNotRemoveActiveTokensWhileTrimmingInactiveOnes() {
        List<TokenDraft> drafts = drafts(300);
        for (int i = 0; i < drafts.size(); i++) {
            drafts.get(i).lifetime(i % 3 == 0 ? 60 : 3600).idleTimeout(i % 3 == 1 ? 60 : 0);
        }
        createAll(drafts);
        advance(100);
        List<TokenDraft> later = drafts(50);
        createAll(later);

        List<Token> live = Stream.concat(IntStream.range(0, 100).mapToObj(i -> drafts.get(3 * i + 2)), later.stream())
                .map(TokenDraft::token)
                .toList();
        assertThat(list(sub).tokens()).isEqualTo(live);
        assertThat(live).allSatisfy(this::assertActive);
        assertInactive(drafts.get(0).token());
        assertInactive(drafts.get(1).token());
    }

    @Test
    void shouldExpireManyTokensOfOneSubject() {
        List<TokenDraft> drafts = drafts(300);
        createAll(drafts);

        assertThat(expireSubject(sub)).isEqualTo(drafts.get(299).token().issuedAtMillis());

        assertThat(list(sub).tokens()).isEmpty();
        assertInactive(drafts.get(0).token());
        assertInactive(drafts.get(299).token());
    }
}
