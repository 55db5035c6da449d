package dev.tokencache.endtoend;

import dev.tokencache.testing.Outcome;
import dev.tokencache.testing.ServiceClient;
import dev.tokencache.testing.ServiceClient.Route;
import dev.tokencache.testing.ServiceClient.Written;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.awaitility.Awaitility;

/**
 * Simulated people who log in, are validated, renew and log out, by several services in turn. Not thread-safe: no one
 * else uses these people and tokens, so the right answer to every call is known.
 *
 * <p>A call that was not acknowledged may or may not have had an effect. Logouts are repeated until acknowledged,
 * renewals once. The tokens of other such calls are not used.
 */
final class Sessions {

    private static final Route[] ROUTES = Route.values();
    private static final int BATCH = 100;
    private static final int MIN_LIVE = 50;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /**
     * A token in use.
     *
     * @param origin how the token was created, for messages
     */
    record Session(String token, String sub, String origin) {}

    /** A requested logout of one session or of all sessions of a person. */
    private record Logout(Supplier<Written> call, List<Session> sessions) {}

    private final List<ServiceClient> services;
    private final Notes notes;
    private final String name;
    private final Random random;
    private final List<Session> live;
    private final List<Session> dead = new ArrayList<>();
    private final List<Logout> leaving = new ArrayList<>();
    /** Sessions whose renewal may have reached only one side, which is a mismatch until it is repeated. */
    private final List<Session> renewing = new ArrayList<>();
    /** Subjects with an unanswered logout: it may still be executed and revoke a later login. */
    private final Set<String> uncertain = new HashSet<>();

    /**
     * Starts with people who are logged in already.
     *
     * @param services the services to call; the list may change
     * @param name identifies this group and seeds its random actions
     */
    Sessions(List<ServiceClient> services, List<Session> present, Notes notes, int name) {
        this.services = services;
        this.live = new ArrayList<>(present);
        this.notes = notes;
        this.name = "more-" + name + "-";
        this.random = new Random(name);
    }

    /** Makes one random call, or several that belong together. */
    void next() {
        int dice = random.nextInt(100);
        if (dice < 58) {
            validate(pick(live), Outcome.SERVED);
        } else if (dice < 70) {
            if (!dead.isEmpty()) {
                validate(pick(dead), Outcome.INACTIVE);
            }
        } else if (dice < 80) {
            create();
        } else if (dice < 88) {
            renew();
        } else if (dice < 97) {
            logOut();
        } else {
            logOutPerson();
        }
    }

    private static <T> T random(List<T> list, Random random) {
        return list.get(random.nextInt(list.size()));
    }

    private Session pick(List<Session> sessions) {
        return random(sessions, random);
    }

    private ServiceClient service() {
        return random(services, random);
    }

    private void validate(Session session, Outcome right) {
        validate(service(), session, right);
    }

    private void validate(ServiceClient service, Session session, Outcome right) {
        Route route = ROUTES[random.nextInt(ROUTES.length)];
        Outcome outcome = service.validate(session.token(), route).join();
        notes.answered(right == Outcome.SERVED ? Notes.VALIDATION : "validation after a logout", outcome);
        if (outcome != right && (outcome == Outcome.SERVED || outcome == Outcome.INACTIVE)) {
            wrong(session, route.name(), right);
        }
    }

    private void wrong(Session session, String call, Outcome right) {
        notes.wrong(session, call, right == Outcome.SERVED ? "false inactive" : "resurrected logout");
    }

    private void create() {
        String sub = random.nextInt(4) == 0 ? pick(live).sub() : name + random.nextInt(200);
        if (uncertain.contains(sub)) {
            return;
        }
        boolean isForeign = random.nextBoolean();
        Written written = isForeign
                ? service().create(sub, "from-elsewhere-" + UUID.randomUUID()).join()
                : service().create(sub).join();
        notes.answered("create", written.outcome());
        if (written.isReplicated()) {
            String origin = isForeign ? "created with a string of another system" : "created";
            written.token().ifPresent(token -> live.add(new Session(token, sub, origin)));
        }
    }

    private void renew() {
        renewing.retainAll(live);
        Session session = renewing.isEmpty() ? pick(live) : renewing.remove(0);
        Outcome outcome = service().renew(session.token()).join();
        notes.answered("renew", outcome);
        if (outcome == Outcome.INACTIVE) {
            wrong(session, "renew", Outcome.SERVED);
        } else if (outcome != Outcome.SERVED) {
            renewing.add(session);
        }
    }

    private void logOut() {
        if (!leaving.isEmpty()) {
            send(leaving.remove(0));
        } else if (live.size() > MIN_LIVE) {
            Session session = live.remove(random.nextInt(live.size()));
            send(new Logout(() -> service().expire(session.token()).join(), List.of(session)));
        }
    }

    private void logOutPerson() {
        if (live.size() > MIN_LIVE) {
            String sub = pick(live).sub();
            List<Session> all =
                    live.stream().filter(session -> session.sub().equals(sub)).toList();
            live.removeAll(all);
            send(new Logout(() -> service().expireSubject(sub).join(), all));
        }
    }

    private void send(Logout logout) {
        Written written = logout.call().get();
        notes.answered("logout", written.outcome());
        if (written.outcome() == Outcome.SERVED && written.isReplicated()) {
            dead.addAll(logout.sessions());
            Session one = pick(logout.sessions());
            services.forEach(service -> validate(service, one, Outcome.INACTIVE));
        } else {
            logout.sessions().forEach(session -> uncertain.add(session.sub()));
            leaving.add(logout);
        }
    }

    /** Repeats unacknowledged logouts until they are acknowledged. */
    void finishLogouts() {
        Awaitility.await("every logout").atMost(PATIENCE).until(() -> {
            List.copyOf(leaving).forEach(logout -> {
                leaving.remove(logout);
                send(logout);
            });
            return leaving.isEmpty();
        });
    }

    /** Validates every token, by the services in turn, until there is a verdict on each. */
    void checkAll() {
        check(live, Outcome.SERVED);
        check(dead, Outcome.INACTIVE);
    }

    private void check(List<Session> sessions, Outcome right) {
        String rightVerdict = Boolean.toString(right == Outcome.SERVED);
        for (int from = 0; from < sessions.size(); from += BATCH) {
            List<Session> batch = sessions.subList(from, Math.min(from + BATCH, sessions.size()));
            List<String> verdicts = verdicts(batch, services.get(from / BATCH % services.size()));
            for (int i = 0; i < batch.size(); i++) {
                if (!verdicts.get(i).equals(rightVerdict)) {
                    wrong(batch.get(i), "batch", right);
                }
            }
        }
    }

    private static List<String> verdicts(List<Session> batch, ServiceClient service) {
        List<String> tokens = batch.stream().map(Session::token).toList();
        return Awaitility.await("verdicts on all")
                .atMost(PATIENCE)
                .pollDelay(Duration.ZERO)
                .until(
                        () -> service.verdicts(tokens),
                        answer -> answer.size() == tokens.size() && !answer.contains("null"));
    }

    /** The number of live sessions with this origin. */
    long live(String origin) {
        return live.stream().filter(session -> session.origin().equals(origin)).count();
    }

    /** Makes a call every {@code pause}, or less often if the answers take longer, until {@code isOver}. */
    void live(AtomicBoolean isOver, Duration pause) throws InterruptedException {
        long next = System.nanoTime();
        while (!isOver.get()) {
            next();
            next = Math.max(next + pause.toNanos(), System.nanoTime() - pause.toNanos());
            long wait = next - System.nanoTime();
            if (wait > 0) {
                Thread.sleep(wait / 1_000_000, (int) (wait % 1_000_000));
            }
        }
    }
}
