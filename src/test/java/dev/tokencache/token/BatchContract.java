package dev.tokencache.token;

import dev.tokencache.testing.TokenDraft;
import dev.tokencache.token.TokenStore.Creation;
import io.smallrye.mutiny.Uni;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** {@link TokenStore#validateAll}: the same verdicts as single validations, in the order of the tokens. */
abstract class BatchContract extends TokenStoreFixture {

    BatchContract(TokenStoreContract contract) {
        super(contract);
    }

    @Test
    void shouldReturnTheVerdictsInTheOrderOfTheTokens() {
        List<TokenLocator> batch = new ArrayList<>();
        List<Verdict> expected = new ArrayList<>();
        for (int i = 0; i < 25; i++) {
            Token ours = created(TokenDraft.of(freshSubject(), now()));
            Token foreign = createdForeign(TokenDraft.of(freshSubject(), now()));
            batch.addAll(List.of(byId(ours), byHash(foreign), byId(draft().token()), byHash(draft().token())));
            expected.addAll(
                    List.of(new Verdict.Active(ours), new Verdict.Active(foreign), Verdict.INACTIVE, Verdict.INACTIVE));
        }
        Collections.shuffle(batch, new Random(7));
        Collections.shuffle(expected, new Random(7));

        assertThat(await(store().validateAll(batch))).isEqualTo(expected);
    }

    @Test
    void shouldValidateManyTokensOfOneSubject() {
        List<TokenDraft> drafts = new ArrayList<>(drafts(100));
        createAll(drafts);
        Collections.shuffle(drafts, new Random(7));

        assertThat(await(store().validateAll(drafts.stream()
                        .map(draft -> byId(draft.token()))
                        .toList())))
                .isEqualTo(drafts.stream()
                        .map(draft -> (Verdict) new Verdict.Active(draft.token()))
                        .toList());
    }

    @Test
    void shouldValidateABatchThatNamesOneTokenTwice() {
        Token token = createdForeign(draft());
        Token expired = created(draft());
        expire(byId(expired));

        assertThat(await(store().validateAll(List.of(byId(token), byId(expired), byHash(token), byId(token)))))
                .containsExactly(
                        new Verdict.Active(token),
                        Verdict.INACTIVE,
                        new Verdict.Active(token),
                        new Verdict.Active(token));
    }

    @Test
    void shouldReturnNothingForAnEmptyBatch() {
        assertThat(await(store().validateAll(List.of()))).isEmpty();
    }

    @Test
    void shouldLeaveNoTokenActiveThatIsCreatedDuringItsSubjectsExpiry() {
        List<Token> rivals = new ArrayList<>();
        List<Uni<?>> calls = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            TokenDraft rival = draft();
            rivals.add(rival.token());
            calls.add(store().create(rival.ours()));
        }
        calls.add(25, store().expireSubject(tag(sub), OptionalLong.empty()));

        List<Object> outcomes =
                new ArrayList<>(await(Uni.combine().all().unis(calls).with(List::copyOf)));

        assertThat(outcomes.remove(25)).isEqualTo(new SubjectNotBefore(now(), Durability.AS_CONFIGURED));
        assertThat(outcomes).isSubsetOf(Creation.CREATED, new Creation.IssuedTooEarly(now()));
        assertThat(rivals).allSatisfy(this::assertInactive);
    }
}
