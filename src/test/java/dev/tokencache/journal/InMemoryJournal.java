package dev.tokencache.journal;

import dev.tokencache.token.RoutingTag;
import dev.tokencache.token.StoreUnavailableException;
import dev.tokencache.token.Token;
import dev.tokencache.token.TokenHash;
import dev.tokencache.token.TokenId;
import dev.tokencache.token.TokenLocator;
import io.smallrye.mutiny.Uni;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A journal in memory, the reference model of the contract. {@link #fail} makes its calls fail. */
public final class InMemoryJournal implements Journal, Journal.Backlog {

    static final long LEASE_MILLIS = 30_000;
    private static final long PAUSE_MILLIS = 1000;

    private final Clock clock;
    private final Map<TokenHash, JournaledRecord> records = new HashMap<>();
    private final Map<TokenLocator, JournalEntry.Expiry> expiries = new HashMap<>();
    private final Map<RoutingTag, JournalEntry.NotBefore> notBefores = new HashMap<>();
    /** Leases, by the record's hash, the expiry's locator or the not-before time's subject. */
    private final Map<Object, Long> leasedUntil = new HashMap<>();

    private boolean failing;

    public InMemoryJournal(Clock clock) {
        this.clock = clock;
    }

    synchronized void fail(boolean failing) {
        this.failing = failing;
    }

    synchronized int entries() {
        return records.size() + expiries.size() + notBefores.size();
    }

    @Override
    public synchronized boolean isEmpty() {
        return entries() == 0;
    }

    @Override
    public Uni<JournaledState> find(TokenHash token, @Nullable RoutingTag subject) {
        return call(() -> state(token, subject));
    }

    private JournaledState state(TokenHash token, @Nullable RoutingTag named) {
        JournaledRecord saved = records.get(token);
        RoutingTag subject = named == null && saved != null ? saved.token().id().tag() : named;
        long expired = expiredAt(new TokenLocator.Foreign(token));
        if (subject != null) {
            expired = Math.max(expired, expiredAt(new TokenLocator.ById(new TokenId(subject, token))));
        }
        return new JournaledState(saved, expired, subject == null ? Token.NOT_BEFORE_UNSET : notBefore(subject));
    }

    private long expiredAt(TokenLocator token) {
        JournalEntry.Expiry expiry = expiries.get(token);
        return expiry == null ? JournaledState.NEVER : expiry.atMillis();
    }

    private long notBefore(RoutingTag subject) {
        JournalEntry.NotBefore notBefore = notBefores.get(subject);
        return notBefore == null ? Token.NOT_BEFORE_UNSET : notBefore.notBeforeMillis();
    }

    @Override
    public Uni<JournaledSubject> findSubject(RoutingTag subject) {
        return call(() -> {
            Set<TokenHash> hashes = new HashSet<>();
            recordsOf(subject).forEach(record -> hashes.add(record.token().id().hash()));
            expiries.keySet().forEach(token -> {
                if (token instanceof TokenLocator.Foreign || isOf(token, subject)) {
                    hashes.add(token.hash());
                }
            });
            List<JournaledRecord> live = new ArrayList<>();
            Set<TokenHash> expired = new HashSet<>();
            for (TokenHash hash : hashes) {
                JournaledState state = state(hash, subject);
                state.record()
                        .filter(record -> record.token().id().tag().equals(subject))
                        .ifPresent(live::add);
                if (state.isExpired()) {
                    expired.add(hash);
                }
            }
            return new JournaledSubject(live, expired, notBefore(subject));
        });
    }

    private static boolean isOf(TokenLocator token, RoutingTag subject) {
        return token instanceof TokenLocator.ById byId && byId.id().tag().equals(subject);
    }

    private Stream<JournaledRecord> recordsOf(RoutingTag subject) {
        return records.values().stream()
                .filter(record -> record.token().id().tag().equals(subject));
    }

    @Override
    public Uni<Boolean> save(JournaledRecord record, @Nullable JournaledRecord replaced) {
        return call(() -> {
            TokenHash hash = record.token().id().hash();
            JournaledRecord present = records.get(hash);
            boolean isAsExpected =
                    present == null ? replaced == null : replaced != null && present.version() == replaced.version();
            if (isAsExpected) {
                if (present == null) {
                    leasedUntil.remove(hash);
                }
                records.put(hash, record);
            }
            return isAsExpected;
        });
    }

    @Override
    public Uni<Void> expire(TokenLocator token, long atMillis) {
        return call(() -> {
            JournalEntry.Expiry expiry = new JournalEntry.Expiry(token, atMillis, version());
            if (atMillis > expiredAt(token)) {
                expiries.put(token, expiry);
            }
            records.computeIfPresent(token.hash(), (hash, record) -> isExpired(record, expiry) ? null : record);
            return null;
        });
    }

    @Override
    public Uni<Long> expireSubject(RoutingTag subject, OptionalLong before) {
        return call(() -> {
            long latestIssue = recordsOf(subject)
                    .mapToLong(record -> record.token().issuedAtMillis())
                    .max()
                    .orElse(0);
            long notBefore = before.orElse(Math.max(clock.millis(), latestIssue));
            if (notBefore > notBefore(subject)) {
                notBefores.put(subject, new JournalEntry.NotBefore(subject, notBefore, version()));
            }
            return notBefore(subject);
        });
    }

    @Override
    public Uni<List<JournalEntry>> claim(int limit) {
        return call(() -> {
            records.values().removeIf(record -> record.token().renewableUntil() * 1000 <= clock.millis());
            Stream<JournalEntry> first = Stream.concat(expiries.values().stream(), notBefores.values().stream());
            Stream<JournalEntry> then =
                    records.values().stream().filter(this::isNotBlocked).map(JournalEntry.SavedRecord::new);
            List<JournalEntry> claimed = Stream.concat(first, then)
                    .filter(entry -> leasedUntil.getOrDefault(key(entry), 0L) <= clock.millis())
                    .limit(limit)
                    .collect(Collectors.toList());
            claimed.forEach(entry -> leasedUntil.put(key(entry), clock.millis() + LEASE_MILLIS));
            return claimed;
        });
    }

    private boolean isNotBlocked(JournaledRecord record) {
        TokenId id = record.token().id();
        return !expiries.containsKey(new TokenLocator.ById(id))
                && !expiries.containsKey(new TokenLocator.Foreign(id.hash()))
                && !notBefores.containsKey(id.tag());
    }

    @Override
    public Uni<Void> acknowledge(List<JournalEntry> replayed) {
        return call(() -> {
            replayed.forEach(this::acknowledge);
            return null;
        });
    }

    private void acknowledge(JournalEntry entry) {
        leasedUntil.remove(key(entry));
        if (entry instanceof JournalEntry.Expiry expiry) {
            if (expiry.equals(expiries.get(expiry.token()))) {
                expiries.remove(expiry.token());
                records.computeIfPresent(
                        expiry.token().hash(), (hash, record) -> isExpired(record, expiry) ? null : record);
            }
        } else if (entry instanceof JournalEntry.NotBefore notBefore) {
            if (notBefores.remove(notBefore.subject(), notBefore)) {
                records.values()
                        .removeIf(record -> record.token().id().tag().equals(notBefore.subject())
                                && record.token().issuedAtMillis() <= notBefore.notBeforeMillis());
            }
        } else {
            TokenHash hash =
                    ((JournalEntry.SavedRecord) entry).record().token().id().hash();
            records.computeIfPresent(hash, (key, record) -> record.version() == entry.version() ? null : record);
        }
    }

    private static boolean isExpired(JournaledRecord record, JournalEntry.Expiry expiry) {
        boolean isSameToken = !(expiry.token() instanceof TokenLocator.ById byId)
                || byId.id().equals(record.token().id());
        return isSameToken && record.isExpiredBy(expiry.atMillis());
    }

    @Override
    public Uni<Void> release(List<JournalEntry> entries) {
        return call(() -> {
            entries.stream()
                    .filter(this::exists)
                    .forEach(entry -> leasedUntil.put(key(entry), clock.millis() + PAUSE_MILLIS));
            return null;
        });
    }

    /** Whether the entry, or one that replaced it, exists. A lease left behind would apply to a later entry. */
    private boolean exists(JournalEntry entry) {
        Object key = key(entry);
        return records.containsKey(key) || expiries.containsKey(key) || notBefores.containsKey(key);
    }

    private static Object key(JournalEntry entry) {
        if (entry instanceof JournalEntry.Expiry expiry) {
            return expiry.token();
        }
        return entry instanceof JournalEntry.NotBefore notBefore
                ? notBefore.subject()
                : ((JournalEntry.SavedRecord) entry).record().token().id().hash();
    }

    private static long version() {
        return ThreadLocalRandom.current().nextLong();
    }

    private <T extends @Nullable Object> Uni<T> call(Supplier<T> call) {
        return Uni.createFrom().item(() -> callNow(call));
    }

    private synchronized <T extends @Nullable Object> T callNow(Supplier<T> call) {
        if (failing) {
            throw new StoreUnavailableException("made to fail by a test");
        }
        return call.get();
    }
}
