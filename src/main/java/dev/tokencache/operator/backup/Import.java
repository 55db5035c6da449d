package dev.tokencache.operator.backup;

import dev.tokencache.cli.ExitCode;
import dev.tokencache.migration.BackfillProgress.Counts;
import dev.tokencache.migration.LegacyExpiry;
import dev.tokencache.migration.LegacyToken;
import dev.tokencache.migration.store.PageCopier;
import dev.tokencache.token.Token;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Copies the chunks of a file to a cluster, each with its expiries first. A token that has ended meanwhile is skipped, and one
 * that the cluster has is not changed. Blocks. Not thread-safe.
 *
 * @param pause waits
 */
record Import(PageCopier copier, Clock clock, Consumer<Duration> pause) {

    private static final Duration REPLY_TIMEOUT = Duration.ofMinutes(2);
    private static final Duration RETRY_DELAY = Duration.ofSeconds(1);

    /** Longer than a failover takes. */
    private static final int ATTEMPTS = 30;

    /** Receives the tokens of the file so far, and how many chunks need not be copied again. */
    interface Observer {
        void copied(long tokens, long chunks);
    }

    /** Copies all chunks after the first {@code done} ones. */
    Counts run(BackupReader file, long done, Observer observer) throws IOException {
        Counts counts = Counts.NONE;
        for (Optional<Chunk> chunk = file.next(); chunk.isPresent(); chunk = file.next()) {
            long number = file.totals().chunks();
            if (number > done) {
                counts = counts.plus(copy(chunk.get()));
                observer.copied(file.totals().tokens(), number);
            }
        }
        return counts;
    }

    private Counts copy(Chunk chunk) {
        long now = clock.millis();
        List<LegacyToken> live = chunk.tokens().stream()
                .filter(token -> token.token().isActive(now, Token.NOT_BEFORE_UNSET))
                .toList();
        int ended = chunk.tokens().size() - live.size();
        return copy(live, chunk.expiries()).plus(new Counts(ended, 0, 0, ended, 0));
    }

    /** Copies expiries, then tokens. Repeats what Redis does not accept, and fails if that does not end. */
    Counts copy(List<LegacyToken> tokens, List<LegacyExpiry> expiries) {
        long now = clock.millis();
        Counts counts = Counts.NONE;
        List<LegacyToken> open = tokens;
        List<LegacyExpiry> openExpiries = expiries.stream()
                .filter(expiry -> !(expiry instanceof LegacyExpiry.OfToken token) || token.untilMillis() > now)
                .toList();
        for (int attempt = 1; !open.isEmpty() || !openExpiries.isEmpty(); attempt++) {
            if (attempt > ATTEMPTS) {
                throw ExitCode.UNAVAILABLE.failure("Redis does not accept writes. Run the command again: it continues");
            }
            if (attempt > 1) {
                pause.accept(RETRY_DELAY);
            }
            PageCopier.Result result = copier.copy(open, openExpiries).await().atMost(REPLY_TIMEOUT);
            counts = counts.plus(result.counts());
            open = result.open();
            openExpiries = result.openExpiries();
        }
        return counts;
    }
}
