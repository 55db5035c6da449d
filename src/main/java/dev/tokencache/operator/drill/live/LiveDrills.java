package dev.tokencache.operator.drill.live;

import dev.tokencache.operator.doctor.Checks;
import dev.tokencache.operator.doctor.Diagnosis;
import dev.tokencache.operator.doctor.live.LiveDoctor;
import dev.tokencache.operator.drill.ClusterRecords;
import dev.tokencache.operator.drill.ClusterState;
import dev.tokencache.operator.drill.Drill;
import dev.tokencache.operator.drill.DrillPlan;
import dev.tokencache.operator.drill.DrillReport;
import dev.tokencache.operator.drill.DrillState;
import dev.tokencache.operator.drill.DrillType;
import dev.tokencache.operator.drill.Gate;
import dev.tokencache.operator.drill.Hook;
import dev.tokencache.operator.drill.HookScript;
import dev.tokencache.operator.drill.NodeAccess;
import dev.tokencache.operator.drill.Nodes;
import dev.tokencache.operator.drill.Pace;
import dev.tokencache.operator.drill.SteadyCanaries;
import dev.tokencache.operator.nodes.ConfiguredLogin;
import dev.tokencache.redis.Endpoint;
import dev.tokencache.redis.RouterState;
import dev.tokencache.redis.command.RedisRouter;
import dev.tokencache.redis.connection.RedisConnector;
import dev.tokencache.token.StoreUnavailableException;
import dev.tokencache.token.TokenService;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Plans, starts and ends drills in this instance, each on a thread of its own. A lease in the cluster lets one drill run at a
 * time, whoever started it. Thread-safe.
 *
 * <p>A future fails with {@link NotConfigured}, {@link DrillPlan.Invalid}, {@link Gate.Refused}, or {@link
 * StoreUnavailableException} if the cluster cannot be read.
 */
public final class LiveDrills {

    /** @param unknownBudget empty for that of the type */
    public record Request(
            DrillType type,
            List<Endpoint> nodes,
            int parallel,
            Optional<Duration> unknownBudget,
            Duration patience,
            int slots,
            Set<Gate.Check> skipped) {}

    /** @param refusals why the gate would refuse it now */
    public record Planned(DrillPlan plan, List<String> refusals) {}

    /** A property without which this instance cannot run the drill; the message names it. */
    public static final class NotConfigured extends RuntimeException {

        private static final long serialVersionUID = 1L;

        NotConfigured(String message) {
            super(message, null, false, false);
        }
    }

    /** How long a restarted node may take until it is in sync, by default. */
    public static final int PATIENCE_SECONDS = 600;

    /** How many slots {@code reshard} moves, by default. */
    public static final int SLOTS = 3;

    /** The types that need no file of the operator's. */
    public static final Set<DrillType> TYPES = Set.of(
            DrillType.HANDOVER, DrillType.ROLLING, DrillType.RESHARD, DrillType.LOSE_MASTER, DrillType.LOSE_REPLICA);

    private static final Logger LOG = Logger.getLogger(LiveDrills.class);

    /**
     * The parts of the service that a drill uses.
     *
     * @param revocationDelay {@code tokencache.near-cache.max-age}
     * @param journalEntries reads how many wait
     */
    public record Service(
            Vertx vertx,
            RedisConnector connector,
            RedisRouter router,
            TokenService tokens,
            LiveDoctor doctor,
            DrillRecords records,
            String keyPrefix,
            Duration revocationDelay,
            LongSupplier journalEntries) {}

    private final DrillConfig config;
    private final Gate.Limits limits;
    private final Service service;
    private @Nullable Drill running;
    private @Nullable Thread thread;
    private volatile @Nullable DrillState latest;
    private boolean isStopping;

    /** @throws IllegalArgumentException naming the property, if a setting is invalid */
    public LiveDrills(DrillConfig config, Service service) {
        this.limits = DrillConfig.limits(config);
        this.config = config;
        this.service = service;
    }

    /** The limits of drills of this service, from the command line as well. */
    public Gate.Limits limits() {
        return limits;
    }

    /** Decides the steps, and changes nothing. */
    public Future<Planned> plan(Request request) {
        return service.vertx().executeBlocking(() -> planned(request), false);
    }

    private Planned planned(Request request) {
        try (NodeAccess nodes = nodes(request.type())) {
            DrillPlan plan = plan(request, nodes);
            return new Planned(
                    plan,
                    Gate.reasons(plan, conditions(request), Pace.REAL.now().toLocalTime()));
        } catch (Nodes.Failure failure) {
            throw new StoreUnavailableException("the cluster cannot be read", failure);
        }
    }

    /** Starts a drill, and completes when its first step starts. */
    public Future<DrillState> start(Request request, String caller) {
        Promise<DrillState> started = Promise.promise();
        Thread drill = new Thread(() -> run(request, caller, started), "drill");
        drill.setDaemon(true);
        drill.start();
        return started.future();
    }

    private void run(Request request, String caller, Promise<DrillState> started) {
        try (NodeAccess nodes = nodes(request.type())) {
            Drill drill = drill(request, caller, nodes, started);
            begin(drill);
            try {
                report(drill.run());
            } finally {
                end();
            }
        } catch (Nodes.Failure failure) {
            started.tryFail(new StoreUnavailableException("the cluster cannot be read", failure));
        } catch (RuntimeException failure) {
            if (!started.tryFail(failure)) {
                LOG.error("Drill failed: its lease expires within a minute", failure);
            }
        }
    }

    private Drill drill(Request request, String caller, NodeAccess nodes, Promise<DrillState> started) {
        DrillPlan plan = plan(request, nodes);
        return new Drill(
                plan,
                conditions(request),
                new Drill.Site(
                        nodes,
                        new SteadyCanaries(
                                new ServiceCalls(
                                        service.tokens(), service.vertx().getOrCreateContext()),
                                service.revocationDelay(),
                                Pace.REAL),
                        new ClusterRecords(nodes, plan.before()::addresses, service.keyPrefix()),
                        Pace.REAL,
                        hook -> new Thread(hook, "drill-hook").start(),
                        new Watch(started),
                        caller));
    }

    private final class Watch implements Drill.Listener {
        private final Promise<DrillState> started;

        Watch(Promise<DrillState> started) {
            this.started = started;
        }

        @Override
        public void said(String text) {
            // It is in the state.
        }

        @Override
        public void progress(DrillState state) {
            latest = state;
            if (state.isInSteps()) {
                started.tryComplete(state);
            }
        }
    }

    private synchronized void begin(Drill drill) {
        if (isStopping || running != null) {
            throw new Gate.Refused(List.of(
                    isStopping
                            ? "lease: the instance is shutting down"
                            : "lease: another drill runs in this instance"));
        }
        running = drill;
        thread = Thread.currentThread();
    }

    private synchronized void end() {
        running = null;
        latest = null;
    }

    private static void report(DrillReport report) {
        LOG.infof(
                "Drill ended: verdict=%s, steps left to the operator=%d. The report is at /v1/admin/drill. id=%s",
                report.verdict(),
                report.report().path("left").size(),
                report.report().path("id").asText());
    }

    /** The drill that runs in this instance, as of the last 200 ms. */
    public Optional<DrillState> here() {
        return Optional.ofNullable(latest);
    }

    /** The running drill of any instance or command, as of the last second while Redis is well. */
    public Future<Optional<DrillState>> state() {
        Optional<DrillState> here = here();
        return here.isPresent()
                ? Future.succeededFuture(here)
                : service.records().running();
    }

    /**
     * Ends the running drill of any instance or command, within a second while Redis is well. Returns its last state; fails
     * with {@link Gate.Refused} if none is running.
     */
    public Future<DrillState> abort(String caller) {
        synchronized (this) {
            if (running != null) {
                running.stop("aborted by the caller " + caller);
            }
        }
        return state().compose(state -> {
            DrillState found = state.orElseThrow(() -> new Gate.Refused(List.of("no drill is running")));
            return here().isPresent()
                    ? Future.succeededFuture(found)
                    : service.records().requestAbort(found.id(), caller).map(found);
        });
    }

    /** Ends the drill of this instance. Does not wait. */
    public synchronized void stop() {
        isStopping = true;
        if (running != null) {
            LOG.warn(
                    "Drill aborted: the instance is shutting down. It undoes what it can, and its report names the rest.");
            running.stop("the instance is shutting down");
        }
    }

    /** Waits until the drill has undone what it can and stored its report. Blocks. */
    public void awaitEnd(Duration limit) {
        Thread last;
        synchronized (this) {
            last = running == null ? null : thread;
        }
        try {
            if (last != null) {
                last.join(limit.toMillis());
                if (last.isAlive()) {
                    LOG.errorf(
                            "Drill did not end within %d s: run doctor, and look for slots and nodes half way",
                            limit.toSeconds());
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private NodeAccess nodes(DrillType type) {
        if (type.needsHook() && config.hook().isEmpty()) {
            throw new NotConfigured(DrillConfig.PREFIX + ".hook is not set, and " + type + " needs it");
        }
        ConfiguredLogin login = login();
        return new NodeAccess(service.vertx(), login.connector(service.connector()), login.user(), login.password());
    }

    private ConfiguredLogin login() {
        try {
            return ConfiguredLogin.read(DrillConfig.PREFIX, config)
                    .orElseThrow(() ->
                            new NotConfigured("neither " + DrillConfig.PREFIX + ".password nor " + DrillConfig.PREFIX
                                    + ".password-file is set: a drill logs in to Redis as a user of its own"));
        } catch (IllegalArgumentException unreadable) {
            throw new NotConfigured(String.valueOf(unreadable.getMessage()));
        }
    }

    private DrillPlan plan(Request request, Nodes nodes) {
        Hook hook = config.hook()
                .map(program -> new HookScript(program, request.patience()))
                .orElse(null);
        DrillPlan.Settings settings = new DrillPlan.Settings(
                request.nodes(),
                request.parallel(),
                request.unknownBudget().orElse(request.type().unknownBudget()),
                request.patience(),
                hook,
                hook,
                request.slots(),
                "",
                "",
                service.keyPrefix());
        return DrillPlan.of(request.type(), ClusterState.read(nodes, seeds()), nodes, settings);
    }

    /** Also those that the router knows: all seeds may be down. */
    private List<Endpoint> seeds() {
        Set<Endpoint> seeds = new LinkedHashSet<>(service.connector().seeds());
        service.router().state().nodes().stream()
                .map(RouterState.Node::endpoint)
                .forEach(seeds::add);
        return List.copyOf(seeds);
    }

    private DrillPlan.Conditions conditions(Request request) {
        return new DrillPlan.Conditions(
                () -> Diagnosis.of(
                                service.doctor()
                                        .facts()
                                        .toCompletionStage()
                                        .toCompletableFuture()
                                        .join(),
                                Checks.all())
                        .findings(),
                service.journalEntries(),
                limits,
                request.skipped());
    }
}
