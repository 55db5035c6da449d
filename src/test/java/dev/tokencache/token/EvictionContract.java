package dev.tokencache.token;

import dev.tokencache.testing.TokenDraft;
import dev.tokencache.token.TokenStore.Creation;
import dev.tokencache.token.TokenStore.NewToken;
import io.smallrye.mutiny.Uni;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** {@link NewToken#maxTokens}: a create beyond the maximum number expires the oldest tokens of its subject. */
abstract class EvictionContract extends TokenStoreFixture {

    EvictionContract(TokenStoreContract contract) {
        super(contract);
    }

    private List<TokenId> createLimited(TokenDraft draft, int maxTokens) {
        Creation creation = create(draft.ours().withMaxTokens(maxTokens));
        assertThat(creation).isInstanceOf(Creation.Created.class);
        return ((Creation.Created) creation).evicted();
    }

    private static TokenId[] ids(List<TokenDraft> drafts) {
        return drafts.stream().map(draft -> draft.token().id()).toArray(TokenId[]::new);
    }

    private void assertListed(List<TokenDraft> drafts) {
        assertThat(list(sub).tokens()).extracting(Token::id).containsExactly(ids(drafts));
    }

    @Test
    void shouldExpireTheOldestTokenOfAFullSubject() {
        List<TokenDraft> drafts = drafts(6);
        for (int i = 0; i < 3; i++) {
            assertThat(createLimited(drafts.get(i), 3)).isEmpty();
        }
        for (int i = 3; i < 6; i++) {
            assertThat(createLimited(drafts.get(i), 3))
                    .containsExactly(drafts.get(i - 3).token().id());
            assertInactive(drafts.get(i - 3).token());
            assertListed(drafts.subList(i - 2, i + 1));
        }
        drafts.subList(3, 6).forEach(draft -> assertActive(draft.token()));
    }

    @Test
    void shouldNotCountInactiveTokens() {
        List<TokenDraft> drafts = drafts(8);
        drafts.get(1).lifetime(10);
        drafts.get(2).idleTimeout(10);
        createAll(drafts.subList(0, 4));
        advance(11);
        expire(byId(drafts.get(3).token()));

        for (int i = 4; i < 6; i++) {
            assertThat(createLimited(drafts.get(i), 3)).isEmpty();
        }
        assertThat(createLimited(drafts.get(6), 3))
                .containsExactly(drafts.get(0).token().id());
        assertListed(drafts.subList(4, 7));
        expireSubject(sub);
        long later = now() + 60_000;
        assertThat(createLimited(drafts.get(7).issuedAtMillis(later), 1)).isEmpty();
    }

    @Test
    void shouldNeverExpireTheTokenJustCreated() {
        List<TokenDraft> drafts = drafts(3);
        createAll(drafts);
        TokenDraft old = draft().issuedAtMillis(now() - 5000);

        assertThat(createLimited(old, 3)).containsExactly(drafts.get(0).token().id());
        assertActive(old.token());

        assertThat(createLimited(draft().issuedAtMillis(now() + 10), 3))
                .containsExactly(old.token().id());
    }

    @Test
    void shouldExpireForeignTokensToo() {
        Token foreign = createdForeign(draft());
        advance(1);
        assertThat(createLimited(draft(), 1)).containsExactly(foreign.id());
        assertInactiveByHash(foreign);

        NewToken again = draft().issuedAtMillis(now() + 1).foreign().withMaxTokens(1);
        assertThat(create(again)).isInstanceOf(Creation.Created.class);
        assertActiveByHash(again.token());
    }

    @Test
    void shouldNotBringBackAnExpiredTokenByARepeatedCreate() {
        List<TokenDraft> drafts = drafts(2);
        createLimited(drafts.get(0), 1);
        createLimited(drafts.get(1), 1);

        assertThat(create(drafts.get(0).ours())).isNotInstanceOf(Creation.Created.class);
        assertInactive(drafts.get(0).token());
        assertActive(drafts.get(1).token());
    }

    @Test
    void shouldExpireNothingWhenACreateIsRepeated() {
        List<TokenDraft> drafts = drafts(4);
        drafts.forEach(draft -> createLimited(draft, 3));

        assertThat(createLimited(drafts.get(3), 3)).isEmpty();
        assertListed(drafts.subList(1, 4));
    }

    @Test
    void shouldExpireTheOldestOfManyTokens() {
        List<TokenDraft> drafts = drafts(260);
        drafts.forEach(draft -> draft.lifetime(3600));
        IntStream.range(0, 30).forEach(i -> drafts.get(60 + i).lifetime(10));
        IntStream.range(0, 30).forEach(i -> drafts.get(100 + i).idleTimeout(10));
        createAll(drafts.subList(0, 200));
        IntStream.range(0, 10).forEach(i -> expire(byId(drafts.get(150 + i).token())));
        advance(11);
        // 130 of the 200 tokens are active.
        for (int i = 200; i < 220; i++) {
            assertThat(createLimited(drafts.get(i), 150)).isEmpty();
        }
        for (int i = 220; i < 260; i++) {
            assertThat(createLimited(drafts.get(i), 150))
                    .containsExactly(drafts.get(i - 220).token().id());
        }
        List<TokenDraft> live = new ArrayList<>(drafts.subList(40, 60));
        live.addAll(drafts.subList(90, 100));
        live.addAll(drafts.subList(130, 150));
        live.addAll(drafts.subList(160, 260));
        assertListed(live);
        drafts.subList(0, 40).forEach(draft -> assertInactive(draft.token()));
    }

    @Test
    void shouldCountARenewedTokenAsActive() {
        List<TokenDraft> drafts = drafts(103);
        drafts.get(50).lifetime(10, 3600);
        drafts.get(51).lifetime(10, 3600);
        drafts.get(52).lifetime(1000, 3600);
        drafts.subList(0, 101).forEach(draft -> createLimited(draft, 100));
        renew(drafts.get(50).token(), 1000);
        renew(drafts.get(52).token(), 10);
        advance(11);

        // Two of the 100 have expired.
        assertThat(createLimited(drafts.get(101), 99)).isEmpty();
        assertThat(createLimited(drafts.get(102), 99))
                .containsExactly(drafts.get(1).token().id());
        assertThat(read(drafts.get(50).token())).isInstanceOf(Verdict.Active.class);
    }

    @Test
    void shouldShrinkASubjectWithFarTooManyTokens() {
        List<TokenDraft> drafts = drafts(3000);
        createAll(drafts);
        List<TokenDraft> later = drafts(300);
        later.forEach(draft -> draft.issuedAtMillis(draft.token().issuedAtMillis() + 10_000));
        later.forEach(draft -> createLimited(draft, 100));

        assertListed(later.subList(200, 300));
    }

    @Test
    void shouldExpireOneTokenPerConcurrentCreate() {
        List<TokenDraft> drafts = drafts(60);
        drafts.subList(0, 10).forEach(draft -> createLimited(draft, 10));

        List<Creation> creations = runAll(drafts.subList(10, 60).stream()
                .map(draft -> (Uni<Creation>) store().create(draft.ours().withMaxTokens(10)))
                .toList());

        assertThat(creations)
                .flatExtracting(creation -> ((Creation.Created) creation).evicted())
                .hasSize(50)
                .doesNotHaveDuplicates();
        assertThat(list(sub).tokens()).hasSize(10);
    }
}
