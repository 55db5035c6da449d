package dev.tokencache.journal;

import dev.tokencache.token.RoutingTag;
import dev.tokencache.token.StoreUnavailableException;
import dev.tokencache.token.Token;
import dev.tokencache.token.TokenHash;
import dev.tokencache.token.TokenId;
import dev.tokencache.token.TokenLocator;
import io.smallrye.mutiny.Uni;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
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
    private final Map<TokenHash, JournalEntry.Validation> validations = new HashMap<>();
    /** Leases, by the record's hash, the expiry's locator, the not-before time's subject, or the validation's key. */
    private final Map<Object, Long> leasedUntil = new HashMap<>();
    /** When entries were first accepted, by the same keys. */
    private final Map<Object, Long> acceptedAt = new HashMap<>();

    /** When records were first saved. */
    private final Map<TokenHash, Long> writtenAt = new HashMap<>();

    private boolean failing;
    private boolean hasRoom = true;
    private int touches;

    public InMemoryJournal(Clock clock) {
        this.clock = clock;
    }

    synchronized void fail(boolean failing) {
        this.failing = failing;
    }

    synchronized void hasRoom(boolean hasRoom) {
        this.hasRoom = hasRoom;
    }

    /** How many validations were saved. */
    synchronized int touches() {
        return touches;
    }

    synchronized int entries() {
        return records.size() + expiries.size() + notBefores.size() + validations.size();
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
        JournalEntry.Validation validation = validations.get(token);
        return new JournaledState(
                saved,
                expired,
                subject == null ? Token.NOT_BEFORE_UNSET : notBefore(subject),
                validation == null ? null : validation.token());
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
                    acceptedAt.remove(hash);
                    writtenAt.put(hash, clock.millis());
                } else if (!record.isValidationOf(present) && clock.millis() - writtenAt.get(hash) < BUSY.toMillis()) {
                    acceptedAt.remove(hash);
                }
                records.put(hash, record);
            }
            return isAsExpected;
        });
    }

    @Override
    public Uni<Void> expire(TokenLocator token, long atMillis) {
        return call(() -> {
            JournalEntry.Expiry expiry = new JournalEntry.Expiry(token, atMillis, version(), 0);
            if (atMillis > expiredAt(token)) {
                expiries.put(token, expiry);
                acceptedAt.remove(token);
            }
            removeExpired(expiry);
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
                notBefores.put(subject, new JournalEntry.NotBefore(subject, notBefore, version(), 0));
                acceptedAt.remove(subject);
            }
            return notBefore(subject);
        });
    }

    @Override
    public Uni<Void> touch(Token token) {
        return call(() -> {
            JournalEntry.Validation present = validations.get(token.id().hash());
            if (present == null) {
                leasedUntil.remove(validationKey(token));
            }
            if (present == null
                    || token.lastSeenMillis() - present.token().lastSeenMillis() >= token.touchIntervalMillis()) {
                validations.put(token.id().hash(), new JournalEntry.Validation(token, version()));
                touches++;
            }
            return null;
        });
    }

    private static String validationKey(Token token) {
        return "validation " + token.id().hash().text();
    }

    @Override
    public synchronized boolean hasRoom() {
        return hasRoom;
    }

    @Override
    public Uni<List<JournalEntry>> claim(int limit) {
        return call(() -> {
            validations.values().removeIf(entry -> entry.token().endMillis() <= clock.millis());
            records.values().removeIf(record -> record.token().renewableUntil() * 1000 <= clock.millis());
            Stream<JournalEntry> first = Stream.concat(expiries.values().stream(), notBefores.values().stream());
            Stream<JournalEntry> then = Stream.concat(
                    records.values().stream()
                            .filter(record -> isNotBlocked(record.token().id()))
                            .map(record -> new JournalEntry.SavedRecord(record, 0)),
                    validations.values().stream()
                            .filter(entry -> isNotBlocked(entry.token().id())));
            List<JournalEntry> claimed = Stream.concat(first, then)
                    .filter(entry -> leasedUntil.getOrDefault(key(entry), 0L) <= clock.millis())
                    .limit(limit)
                    .map(this::withAcceptance)
                    .collect(Collectors.toList());
            claimed.forEach(entry -> leasedUntil.put(key(entry), clock.millis() + LEASE_MILLIS));
            return claimed;
        });
    }

    private JournalEntry withAcceptance(JournalEntry entry) {
        long accepted = acceptedAt.getOrDefault(key(entry), 0L);
        if (entry instanceof JournalEntry.Expiry expiry) {
            return new JournalEntry.Expiry(expiry.token(), expiry.atMillis(), expiry.version(), accepted);
        }
        if (entry instanceof JournalEntry.NotBefore notBefore) {
            return new JournalEntry.NotBefore(
                    notBefore.subject(), notBefore.notBeforeMillis(), notBefore.version(), accepted);
        }
        return entry instanceof JournalEntry.SavedRecord saved
                ? new JournalEntry.SavedRecord(saved.record(), accepted)
                : entry;
    }

    private boolean isNotBlocked(TokenId id) {
        return !expiries.containsKey(new TokenLocator.ById(id))
                && !expiries.containsKey(new TokenLocator.Foreign(id.hash()))
                && !notBefores.containsKey(id.tag());
    }

    @Override
    public Uni<Void> keep(List<JournalEntry> accepted, Duration pause) {
        return call(() -> {
            for (JournalEntry entry : accepted) {
                if (isPresent(entry)) {
                    acceptedAt.putIfAbsent(key(entry), clock.millis());
                    leasedUntil.put(key(entry), clock.millis() + pause.toMillis());
                } else {
                    leasedUntil.remove(key(entry));
                }
            }
            return null;
        });
    }

    /** Whether the entry is still the one that was claimed. */
    private boolean isPresent(JournalEntry entry) {
        return Stream.of(expiries.values(), notBefores.values(), validations.values())
                        .flatMap(Collection::stream)
                        .anyMatch(present -> key(present).equals(key(entry)) && present.version() == entry.version())
                || (entry instanceof JournalEntry.SavedRecord saved
                        && saved.record()
                                .equals(records.get(saved.record().token().id().hash())));
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
        if (!isPresent(entry)) {
            return;
        }
        acceptedAt.remove(key(entry));
        if (entry instanceof JournalEntry.Expiry expiry) {
            expiries.remove(expiry.token());
            removeExpired(expiry);
        } else if (entry instanceof JournalEntry.Validation validation) {
            validations.remove(validation.token().id().hash());
        } else if (entry instanceof JournalEntry.NotBefore notBefore) {
            if (notBefores.remove(notBefore.subject()) != null) {
                validations
                        .values()
                        .removeIf(validation -> validation.token().id().tag().equals(notBefore.subject())
                                && validation.token().lastSeenMillis() <= notBefore.notBeforeMillis());
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

    private void removeExpired(JournalEntry.Expiry expiry) {
        TokenHash hash = expiry.token().hash();
        records.computeIfPresent(
                hash,
                (key, record) ->
                        names(expiry, record.token()) && record.isExpiredBy(expiry.atMillis()) ? null : record);
        validations.computeIfPresent(hash, (key, entry) -> names(expiry, entry.token()) ? null : entry);
    }

    private static boolean names(JournalEntry.Expiry expiry, Token token) {
        return !(expiry.token() instanceof TokenLocator.ById byId) || byId.id().equals(token.id());
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
        return entry instanceof JournalEntry.Validation validation
                ? validations.containsKey(validation.token().id().hash())
                : records.containsKey(key) || expiries.containsKey(key) || notBefores.containsKey(key);
    }

    private static Object key(JournalEntry entry) {
        if (entry instanceof JournalEntry.Expiry expiry) {
            return expiry.token();
        }
        if (entry instanceof JournalEntry.Validation validation) {
            return validationKey(validation.token());
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
