package dev.tokencache.endtoend;

import dev.tokencache.testing.ServiceApi;
import io.restassured.response.Response;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * People who log in, are validated, renewed and logged out by several services in turn, and who take note of every answer that was
 * wrong. One thread; its tokens are its own.
 */
final class Sessions implements Runnable {

    private final List<ServiceApi> services;
    private final Random random;
    private final List<String> live = new ArrayList<>();
    private final List<String> dead = new ArrayList<>();
    private final Queue<String> wrongs = new ConcurrentLinkedQueue<>();
    private final AtomicLong answers = new AtomicLong();
    private final AtomicLong unknowns = new AtomicLong();
    private final AtomicBoolean isOver = new AtomicBoolean();

    /** @param present tokens that are alive already */
    Sessions(List<ServiceApi> services, List<String> present, long seed) {
        this.services = services;
        this.live.addAll(present);
        this.random = new Random(seed);
    }

    /** What should not have been said. */
    List<String> wrongs() {
        return List.copyOf(wrongs);
    }

    long answers() {
        return answers.get();
    }

    long unknowns() {
        return unknowns.get();
    }

    void end() {
        isOver.set(true);
    }

    @Override
    public void run() {
        while (!isOver.get()) {
            int dice = random.nextInt(100);
            if (dice < 55) {
                expect(live, true);
            } else if (dice < 70) {
                expect(dead, false);
            } else if (dice < 80) {
                create();
            } else if (dice < 90) {
                renew();
            } else {
                expire();
            }
        }
    }

    /** Everybody once, in every service; whoever is found in the old store alone is copied on the way. */
    void checkAll() {
        for (ServiceApi service : services) {
            live.forEach(token -> expect(service, token, true));
            dead.forEach(token -> expect(service, token, false));
        }
    }

    private ServiceApi service() {
        return services.get(random.nextInt(services.size()));
    }

    private void expect(List<String> tokens, boolean isActive) {
        if (!tokens.isEmpty()) {
            expect(service(), tokens.get(random.nextInt(tokens.size())), isActive);
        }
    }

    private void expect(ServiceApi service, String token, boolean isActive) {
        Response response = service.validate(token);
        if (isAnswer(response) && response.<Boolean>path("active") != isActive) {
            wrongs.add(isActive ? "false inactive" : "resurrected logout");
        }
    }

    private boolean isAnswer(Response response) {
        if (response.statusCode() == 503) {
            unknowns.incrementAndGet();
            return false;
        }
        answers.incrementAndGet();
        return true;
    }

    private void create() {
        String sub = "person-" + random.nextInt(1000);
        Map<String, ?> request = random.nextBoolean()
                ? Map.of("sub", sub, "claims", Map.of("n", 1))
                : Map.of("sub", sub, "token", "foreign-" + UUID.randomUUID());
        Response response = service().create(request);
        if (isAnswer(response)) {
            if (response.statusCode() == 201) {
                live.add(response.path("token"));
            } else {
                wrongs.add("create: " + response.statusCode());
            }
        }
    }

    private void renew() {
        if (live.isEmpty()) {
            return;
        }
        Response response = service().renew(live.get(random.nextInt(live.size())));
        if (isAnswer(response) && response.statusCode() != 200) {
            wrongs.add("renew: " + response.statusCode());
        }
    }

    private void expire() {
        if (live.size() < 20) {
            return;
        }
        String token = live.remove(random.nextInt(live.size()));
        Response response = service().expire(token);
        // Who got no answer knows nothing of the token any more.
        if (isAnswer(response)) {
            dead.add(token);
            services.forEach(service -> expect(service, token, false));
        }
    }
}
