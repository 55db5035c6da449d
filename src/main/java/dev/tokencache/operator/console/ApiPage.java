package dev.tokencache.operator.console;

import dev.tokencache.caller.Role;
import dev.tokencache.http.error.Problem;
import dev.tokencache.http.error.ProblemException;
import dev.tokencache.operator.console.api.ApiCall;
import dev.tokencache.operator.console.api.ApiClient;
import dev.tokencache.operator.console.api.ApiClient.Answer;
import dev.tokencache.operator.console.api.Description;
import dev.tokencache.operator.console.api.Operation;
import dev.tokencache.operator.console.api.Operation.Group;
import dev.tokencache.operator.console.api.Operation.Parameter;
import dev.tokencache.token.InvalidRequestException;
import io.quarkus.qute.TemplateInstance;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The operations of the API, from its description. In dev mode each has a form that calls it. */
final class ApiPage extends Page {

    /**
     * @param hasForms whether operations can be called
     * @param sent the form that was sent; null if none was
     * @param answer to it
     */
    record View(
            List<Group> groups,
            boolean hasForms,
            @Nullable Form sent,
            @Nullable Answer answer) {

        /** What the field of a parameter contains at first: what was sent, or the example if the path needs a value. */
        public String value(Parameter parameter) {
            return sent != null
                    ? sent.optional(ApiCall.field(parameter))
                    : parameter.isRequired() ? parameter.example() : "";
        }

        public String body(Operation operation) {
            return sent != null
                    ? sent.optional(ApiCall.BODY)
                    : operation.body().stream()
                            .flatMap(body -> body.examples().stream())
                            .findFirst()
                            .map(Operation.Example::text)
                            .orElse("");
        }

        public String token() {
            return sent != null ? sent.optional(ApiCall.TOKEN) : "";
        }
    }

    private final Optional<ApiClient> client;

    /** Reading takes a while, so it waits until somebody looks. */
    private final Uni<List<Group>> groups = Uni.createFrom()
            .item(Description::read)
            .runSubscriptionOn(Infrastructure.getDefaultWorkerPool())
            .memoize()
            .indefinitely();

    /** @param client calls the operations; empty outside of dev mode */
    ApiPage(Optional<ApiClient> client) {
        super("api", "API");
        this.client = client;
    }

    @Override
    Uni<TemplateInstance> whole(Visit visit) {
        return groups.map(
                described -> Templates.api(visit.frame(), new View(described, client.isPresent(), null, null)));
    }

    /** The description does not change. */
    @Override
    Uni<TemplateInstance> live() {
        return Uni.createFrom().nothing();
    }

    @Override
    List<Action> actions() {
        return client.map(calls -> new Action("api/try", Role.ADMIN, (form, caller) -> tryOut(calls, form))).stream()
                .toList();
    }

    private Uni<Action.Shown> tryOut(ApiClient calls, Form form) {
        return groups.flatMap(described -> {
            List<Group> chosen = described.stream()
                    .flatMap(group -> group.only(form.required("operation")))
                    .toList();
            if (chosen.isEmpty()) {
                throw new InvalidRequestException("operation", "must be one of the page");
            }
            Operation operation = chosen.get(0).operations().get(0);
            return calls.send(ApiCall.of(operation, form::optional, form.authorization()))
                    .onFailure()
                    .transform(failure -> new ProblemException(
                            Problem.ofStatus(502, "the port of the API does not answer: " + failure.getMessage())))
                    .map(answer ->
                            new Action.Shown(frame -> Templates.api(frame, new View(chosen, true, form, answer))));
        });
    }
}
