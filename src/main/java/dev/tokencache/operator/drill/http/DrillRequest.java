package dev.tokencache.operator.drill.http;

import dev.tokencache.http.json.MemberType;
import dev.tokencache.http.json.RequestDocument;
import dev.tokencache.operator.drill.Gate;
import dev.tokencache.operator.drill.live.LiveDrills;
import dev.tokencache.redis.Endpoint;
import dev.tokencache.token.InvalidRequestException;
import java.time.Duration;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;

/** The body of a request to plan or to start a drill. */
record DrillRequest(LiveDrills.Request drill, boolean isDryRun) {

    private static final Map<String, MemberType> MEMBERS = Map.of(
            "type", MemberType.TEXT,
            "nodes", MemberType.TEXTS,
            "parallel", MemberType.WHOLE_NUMBER,
            "unknown_budget", MemberType.WHOLE_NUMBER,
            "patience", MemberType.WHOLE_NUMBER,
            "slots", MemberType.WHOLE_NUMBER,
            "skip_gates", MemberType.TEXTS,
            "dry_run", MemberType.TRUTH);
    private static final int DAY_SECONDS = 86_400;

    /** @throws InvalidRequestException naming the member */
    static DrillRequest read(byte[] body) {
        RequestDocument document = RequestDocument.read(body, MEMBERS);
        OptionalLong budget = document.number("unknown_budget", 0, DAY_SECONDS * 1000L);
        return new DrillRequest(
                new LiveDrills.Request(
                        named("type", document.required("type", String.class), LiveDrills.TYPES),
                        texts(document, "nodes").stream()
                                .map(DrillRequest::node)
                                .toList(),
                        (int) document.number("parallel", 1, 1000).orElse(1),
                        budget.isPresent() ? Optional.of(Duration.ofMillis(budget.getAsLong())) : Optional.empty(),
                        Duration.ofSeconds(
                                document.number("patience", 1, DAY_SECONDS).orElse(LiveDrills.PATIENCE_SECONDS)),
                        (int) document.number("slots", 1, 100).orElse(LiveDrills.SLOTS),
                        gates(texts(document, "skip_gates"))),
                !Boolean.FALSE.equals(document.optional("dry_run", Boolean.class)));
    }

    private static <E extends Enum<E>> E named(String member, String name, Collection<E> allowed) {
        return allowed.stream()
                .filter(value -> value.toString().equals(name))
                .findFirst()
                .orElseThrow(() -> new InvalidRequestException(
                        member,
                        "must be one of "
                                + allowed.stream()
                                        .map(Object::toString)
                                        .sorted()
                                        .collect(Collectors.joining(", "))));
    }

    private static Set<Gate.Check> gates(List<String> names) {
        return names.stream()
                .map(name -> named("skip_gates", name, EnumSet.allOf(Gate.Check.class)))
                .collect(Collectors.toSet());
    }

    private static Endpoint node(String text) {
        return Endpoint.parse(text, "")
                .orElseThrow(() -> new InvalidRequestException("nodes", "must be a list of <host>:<port>"));
    }

    @SuppressWarnings("unchecked")
    private static List<String> texts(RequestDocument document, String name) {
        List<String> texts = document.optional(name, List.class);
        return texts == null ? List.of() : texts;
    }
}
