package dev.tokencache.operator.console;

import dev.tokencache.caller.Caller;
import dev.tokencache.caller.Callers;
import dev.tokencache.caller.RefusedCallers;
import dev.tokencache.caller.RefusedCallers.Reason;
import dev.tokencache.caller.RefusedCallers.Refusal;
import dev.tokencache.caller.Role;
import dev.tokencache.http.error.ErrorMapper;
import dev.tokencache.http.error.Problem;
import dev.tokencache.http.error.ProblemException;
import dev.tokencache.operator.console.Action.RefusedException;
import dev.tokencache.redis.Time;
import io.quarkus.qute.TemplateInstance;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** The paths of the console, and what holds for each of them: who may use it, and what the browser may do with it. */
final class ConsoleRoutes {

    static final String ROOT = "/console/";

    private static final Logger LOG = Logger.getLogger(ConsoleRoutes.class);

    private static final String LIVE = ROOT + "live/";
    private static final String CALLER = "dev.tokencache.console.caller";
    private static final String HTML = "text/html; charset=UTF-8";
    private static final int MAX_FORM_BYTES = 64 * 1024;

    /** Nothing from elsewhere, no script or style in a page, no frame around it, no form to elsewhere. */
    private static final String POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self';"
            + " connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

    private final Callers callers;
    private final RefusedCallers refused;
    private final List<Page> pages;
    private final Frames frames;
    private final LiveStreams streams;

    ConsoleRoutes(Callers callers, RefusedCallers refused, List<Page> pages, Frames frames, Time time) {
        this.callers = callers;
        this.refused = refused;
        this.pages = List.copyOf(pages);
        this.frames = frames;
        this.streams = new LiveStreams(time);
    }

    void register(Router router, Assets assets) {
        router.get("/console").handler(ConsoleRoutes::addSlash);
        router.route(ROOT + "*").handler(ConsoleRoutes::protect).failureHandler(this::fail);
        assets.register(router);
        for (Page page : pages) {
            router.route(ROOT + page.name())
                    .method(HttpMethod.GET)
                    .method(HttpMethod.HEAD)
                    .handler(context -> admit(context, Role.ADMIN))
                    .handler(context -> show(context, page));
            router.get(LIVE + page.name())
                    .handler(context -> admit(context, Role.ADMIN))
                    .handler(context -> streams.start(context, () -> isAdmin(context), page::live));
            refuseOtherMethods(router, ROOT + page.name(), "GET, HEAD");
            for (Action action : page.actions()) {
                String path = ROOT + action.path();
                router.post(path)
                        .handler(ConsoleRoutes::refuseOtherOrigins)
                        .handler(context -> admit(context, action.role()));
                router.post(path).handler(BodyHandler.create(false).setBodyLimit(MAX_FORM_BYTES));
                router.post(path).handler(context -> run(context, page, action));
                refuseOtherMethods(router, path, "POST");
            }
        }
        router.route(ROOT + "*").handler(context -> context.fail(404));
    }

    private static void refuseOtherMethods(Router router, String path, String allowed) {
        router.route(path).handler(context -> {
            context.response().putHeader("Allow", allowed);
            context.fail(405);
        });
    }

    /** The router takes the path with and without the slash for the same; links of pages need it. */
    private static void addSlash(RoutingContext context) {
        if (context.request().path().endsWith("/")) {
            context.next();
        } else {
            redirect(context, ROOT);
        }
    }

    private static void protect(RoutingContext context) {
        protect(context.response());
        context.next();
    }

    private static void protect(HttpServerResponse response) {
        response.putHeader("Content-Security-Policy", POLICY)
                .putHeader("X-Frame-Options", "DENY")
                .putHeader("X-Content-Type-Options", "nosniff")
                // With no-referrer, browsers send the console's own forms with "Origin: null", too.
                .putHeader("Referrer-Policy", "same-origin")
                .putHeader("Cross-Origin-Opener-Policy", "same-origin")
                .putHeader("Cross-Origin-Resource-Policy", "same-origin")
                .putHeader(HttpHeaders.CACHE_CONTROL, "no-store");
    }

    private static void refuseOtherOrigins(RoutingContext context) {
        if (SameOrigin.sent(context.request())) {
            context.next();
        } else {
            context.fail(new ProblemException(Problem.ofStatus(
                    403, "only a form of the console itself can do this: open it here and try again")));
        }
    }

    /** Continues if the caller has the role {@code admin} and the one that is needed. */
    private void admit(RoutingContext context, Role needed) {
        String header = context.request().getHeader(HttpHeaders.AUTHORIZATION);
        Optional<Caller> caller = callers.authenticate(header);
        if (caller.isEmpty()) {
            refused.refused(callers.refusal(header));
            context.fail(new ProblemException(Problem.UNAUTHENTICATED));
            return;
        }
        for (Role role : List.of(Role.ADMIN, needed)) {
            if (!caller.get().may(role)) {
                refused.refused(new Refusal(Reason.MISSING_ROLE, caller.get().id()));
                context.fail(new ProblemException(Problem.forbidden(role.toString())));
                return;
            }
        }
        context.put(CALLER, caller.get());
        context.next();
    }

    /** As {@link #admit}, for a stream: a reload can remove its caller. */
    private boolean isAdmin(RoutingContext context) {
        return callers.authenticate(context.request().getHeader(HttpHeaders.AUTHORIZATION))
                .filter(caller -> caller.may(Role.ADMIN))
                .isPresent();
    }

    private void show(RoutingContext context, Page page) {
        Caller caller = callerOf(context);
        String notice = Notice.words(Optional.ofNullable(context.request().getParam("notice")));
        Frame frame = frames.of(page.name(), page.title(), Optional.of(caller), notice);
        page.whole(new Visit(frame, caller, context.queryParams()))
                .chain(TemplateInstance::createUni)
                .subscribe()
                .with(html -> send(context, 200, html), context::fail);
    }

    private void run(RoutingContext context, Page page, Action action) {
        // Quarkus may have read the body before the handler that has the limit.
        if (context.request().bytesRead() > MAX_FORM_BYTES) {
            context.fail(413);
            return;
        }
        try {
            Optional<String> authorization =
                    Optional.ofNullable(context.request().getHeader(HttpHeaders.AUTHORIZATION));
            action.run()
                    .of(new Form(context.request().formAttributes(), authorization), callerOf(context))
                    .subscribe()
                    .with(result -> answer(context, page, result), context::fail);
        } catch (RuntimeException invalid) {
            context.fail(invalid);
        }
    }

    private void answer(RoutingContext context, Page page, Action.Result result) {
        if (result instanceof Action.Shown shown) {
            Frame frame = frames.of(page.name(), page.title(), Optional.of(callerOf(context)), "");
            shown.page().apply(frame).createUni().subscribe().with(html -> send(context, 200, html), context::fail);
        } else if (result instanceof Action.Done done) {
            redirect(context, address(done));
        }
    }

    private static String address(Action.Done done) {
        List<String> parameters = new ArrayList<>();
        done.query().forEach((name, value) -> parameters.add(name + "=" + encoded(value)));
        parameters.add("notice=" + done.notice().label());
        return ROOT + done.page() + "?" + String.join("&", parameters);
    }

    static String encoded(String value) {
        return URLEncoder.encode(value, StandardCharsets.UTF_8);
    }

    private static Caller callerOf(RoutingContext context) {
        return Objects.requireNonNull(context.<Caller>get(CALLER));
    }

    /** With the method GET (RFC 9110 section 15.4.4), so that a reload does not send the form again. */
    private static void redirect(RoutingContext context, String address) {
        context.response()
                .setStatusCode(303)
                .putHeader(HttpHeaders.LOCATION, address)
                .end();
    }

    private void fail(RoutingContext context) {
        if (context.response().ended() || context.response().closed()) {
            return;
        }
        // A form that cannot be read fails before the first handler.
        protect(context.response());
        Problem problem = problemOf(context.failure(), context.statusCode());
        if (problem.status() == 401) {
            context.response().putHeader("WWW-Authenticate", ErrorMapper.BASIC_CHALLENGE);
        }
        Optional<Caller> caller = Optional.ofNullable(context.get(CALLER));
        Templates.error(frames.of("error", problem.title(), caller, ""), problem.detail())
                .createUni()
                .subscribe()
                .with(html -> send(context, problem.status(), html), failure -> {
                    LOG.error("The console cannot make the page of an error", failure);
                    context.response().setStatusCode(problem.status()).end(problem.detail());
                });
    }

    /** @param status 500 if the failure has none */
    static Problem problemOf(@Nullable Throwable failure, int status) {
        if (failure instanceof RefusedException refusal) {
            return Problem.ofStatus(409, String.valueOf(refusal.getMessage()));
        }
        // Netty's exception for a form field that is too long.
        if (status == 400 && failure instanceof IOException) {
            return Problem.ofStatus(413);
        }
        return failure == null || status != 500 ? Problem.ofStatus(status) : ErrorMapper.problemOf(failure);
    }

    private static void send(RoutingContext context, int status, String html) {
        HttpServerResponse response = context.response();
        if (!response.ended() && !response.closed()) {
            response.setStatusCode(status)
                    .putHeader(HttpHeaders.CONTENT_TYPE, HTML)
                    .end(html);
        }
    }
}
