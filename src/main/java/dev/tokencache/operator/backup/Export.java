package dev.tokencache.operator.backup;

import dev.tokencache.cli.ExitCode;
import dev.tokencache.migration.BackfillProgress;
import dev.tokencache.migration.LegacyStore;
import dev.tokencache.migration.LegacyStore.Master;
import dev.tokencache.migration.LegacyStore.Page;
import dev.tokencache.migration.RefusedRecord;
import dev.tokencache.migration.store.RateLimiter;
import dev.tokencache.token.StoreUnavailableException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Scans every master to its end, page by page, and writes each page to a file. A master that restarts or fails over is scanned
 * from its beginning. Blocks. Not thread-safe.
 *
 * @param slots the slots of each shard now
 * @param pause waits
 */
record Export(LegacyStore store, Supplier<String> slots, RateLimiter limiter, Consumer<Duration> pause) {

    /** More subjects than damage explains: the keys that open them are missing. */
    static final int MAX_REFUSED = 100;

    private static final Duration REPLY_TIMEOUT = Duration.ofMinutes(2);
    private static final Duration RETRY_DELAY = Duration.ofSeconds(1);
    private static final int ATTEMPTS = 60;

    /** Receives the progress: keys scanned by this run, and approximately all keys. */
    interface Observer {
        void scanned(long keys, long all);
    }

    /** Continues where the file ends. Returns the tags of the subjects that could not be read, as far as this run met any. */
    List<String> run(BackupWriter file, Observer observer) throws IOException {
        List<String> refused = new ArrayList<>();
        List<Master> masters = retried(this::masters);
        long scanned = file.totals().tokens() + file.totals().expiries();
        Optional<Master> next = unfinished(masters, file);
        while (next.isPresent()) {
            Master master = next.get();
            for (Duration delay = limiter.delay(); !delay.isZero(); delay = limiter.delay()) {
                pause.accept(delay);
            }
            Optional<Page> page = retried(() -> page(master, file));
            if (page.isPresent()) {
                write(page.get(), master, file);
                page.get().refused().stream().map(RefusedRecord::hash).forEach(refused::add);
                requireReadable(refused.size(), file);
                limiter.scanned(page.get().scanned());
                scanned += page.get().scanned();
                observer.scanned(
                        scanned, masters.stream().mapToLong(Master::keys).sum());
            }
            next = unfinished(masters, file);
            if (page.isEmpty() || next.isEmpty()) {
                // Others may have taken over.
                masters = retried(this::masters);
                next = unfinished(masters, file);
            }
        }
        if (!slots.get().equals(file.header().slots())) {
            throw ExitCode.NO.failure(
                    "slots moved during the export, so it may lack tokens. Repeat it, and do not reshard meanwhile");
        }
        return refused;
    }

    private static void requireReadable(int refused, BackupWriter file) {
        if (refused > MAX_REFUSED) {
            throw ExitCode.NO.failure("more than " + MAX_REFUSED + " subjects cannot be read, after "
                    + file.totals().tokens() + " tokens: does --config name every tokencache.seal.keys.<kid>?");
        }
    }

    private static Optional<Master> unfinished(List<Master> masters, BackupWriter file) {
        return masters.stream()
                .filter(master -> !cursor(master, file).equals(BackfillProgress.FINISHED))
                .findFirst();
    }

    private static String cursor(Master master, BackupWriter file) {
        return file.cursors().getOrDefault(master.name(), Page.START);
    }

    private static void write(Page page, Master master, BackupWriter file) throws IOException {
        String cursor = page.isLast() ? BackfillProgress.FINISHED : page.cursor();
        Chunk.Position position = new Chunk.Position(master.name(), cursor);
        for (Chunk chunk :
                Chunk.of(page.tokens(), page.expiries(), page.refused().size(), position)) {
            file.write(chunk);
        }
    }

    private List<Master> masters() {
        return store.masters().await().atMost(REPLY_TIMEOUT);
    }

    /** Empty if the master does not reply: it may exist no longer. */
    private Optional<Page> page(Master master, BackupWriter file) {
        try {
            return Optional.of(store.scan(master.name(), cursor(master, file), limiter.pageSize())
                    .await()
                    .atMost(REPLY_TIMEOUT));
        } catch (StoreUnavailableException noReply) {
            boolean isGone = masters().stream().noneMatch(known -> known.name().equals(master.name()));
            if (isGone) {
                return Optional.empty();
            }
            throw noReply;
        }
    }

    private <T> T retried(Supplier<T> call) {
        for (int attempt = 1; ; attempt++) {
            try {
                return call.get();
            } catch (StoreUnavailableException noReply) {
                if (attempt == ATTEMPTS) {
                    throw ExitCode.UNAVAILABLE.failure("Redis does not reply. Run the command again: it continues");
                }
                pause.accept(RETRY_DELAY);
            }
        }
    }
}
