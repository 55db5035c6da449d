package dev.tokencache.simulation;

import dev.tokencache.migration.store.Verification;
import java.util.ArrayDeque;
import java.util.Queue;

/** The operator's last check before {@code done}: compares all tokens of both stores. */
record OperatorVerification(World world, AdminCalls calls) {

    private static final int PART = 200;

    /** Runs one of three tasks at the end. */
    void run(Runnable onClean, Runnable onDifferences, Runnable onFailure) {
        calls.call(
                "verify",
                instance -> instance.migration().verification().starts(),
                starts -> {
                    Queue<String> positions = new ArrayDeque<>();
                    starts.forEach(start -> positions.add(start.position()));
                    compare(positions, onClean, onDifferences, onFailure);
                },
                onFailure);
    }

    private void compare(Queue<String> positions, Runnable onClean, Runnable onDifferences, Runnable onFailure) {
        String position = positions.poll();
        if (position == null) {
            world.log("operator: no differences");
            onClean.run();
            return;
        }
        calls.call(
                "verify " + position,
                instance -> instance.migration().verification().compare(position, PART),
                part -> {
                    part.next().ifPresent(positions::add);
                    if (isClean(part)) {
                        compare(positions, onClean, onDifferences, onFailure);
                    } else {
                        onDifferences.run();
                    }
                },
                onFailure);
    }

    private boolean isClean(Verification.Part part) {
        if (part.mismatches().isEmpty() && part.unknown() == 0) {
            return true;
        }
        world.log("operator: differences " + part.mismatches() + ", unknown " + part.unknown());
        return false;
    }
}
