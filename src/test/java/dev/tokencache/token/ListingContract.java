package dev.tokencache.token;

import dev.tokencache.testing.TokenDraft;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
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

    /** All pages, each with at most this many tokens. */
    private List<Token> pages(int limit) {
        List<Token> all = new ArrayList<>();
        Optional<Paging.Position> after = Optional.empty();
        do {
            SubjectTokens page = await(store().list(tag(sub), new Paging(limit, after)));
            assertThat(page.tokens()).hasSizeLessThanOrEqualTo(limit);
            all.addAll(page.tokens());
            after = page.next();
        } while (after.isPresent());
        return all;
    }

    @Test
    void shouldListFewTokensInPagesOldestFirst() {
        List<TokenDraft> drafts = drafts(7);
        drafts.get(5).issuedAtMillis(now() + 4);
        createAll(drafts);
        List<Token> inOnePage = list(sub).tokens();

        for (int limit : new int[] {1, 2, 3, 6, 7, 8}) {
            assertThat(pages(limit)).isEqualTo(inOnePage);
        }
    }

    @Test
    void shouldListManyTokensInPages() {
        List<TokenDraft> drafts = drafts(1100);
        drafts.forEach(draft -> draft.claims("{\"c\":\"" + "x".repeat(100) + "\"}"));
        createAll(drafts);

        for (int limit : new int[] {7, 64, 1000}) {
            // Redis may be enlarging the hash: then a token can be on two pages.
            assertThat(new HashSet<>(pages(limit)))
                    .containsExactlyInAnyOrderElementsOf(
                            drafts.stream().map(TokenDraft::token).toList());
        }
        assertThat(list(sub).tokens()).hasSize(1000).isSortedAccordingTo(Comparator.comparing(Token::issuedAtMillis));
        assertThat(list(sub).next()).isPresent();
    }

    @Test
    void shouldListEveryTokenThatStaysActiveWhileOthersComeAndGo() {
        List<TokenDraft> drafts = drafts(200);
        createAll(drafts);
        SubjectTokens first = await(store().list(tag(sub), new Paging(50, Optional.empty())));
        Set<TokenId> listed = new HashSet<>();
        first.tokens().forEach(token -> listed.add(token.id()));
        drafts.subList(0, 50).forEach(draft -> expire(byId(draft.token())));
        createAll(drafts(300));
        Optional<Paging.Position> after = first.next();
        while (after.isPresent()) {
            SubjectTokens page = await(store().list(tag(sub), new Paging(50, after)));
            page.tokens().forEach(token -> listed.add(token.id()));
            after = page.next();
        }

        assertThat(drafts.subList(50, 200))
                .extracting(draft -> draft.token().id())
                .allMatch(listed::contains);
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
