package dev.tokencache.simulation;

import java.util.ArrayList;
import java.util.List;

/** A subject, with its expiries and the tokens that callers received. */
final class Subject {

    private final String name;
    private final List<Expiry> expiries = new ArrayList<>();
    private final List<KnownToken> tokens = new ArrayList<>();

    Subject(String name) {
        this.name = name;
    }

    String name() {
        return name;
    }

    List<Expiry> expiries() {
        return expiries;
    }

    List<KnownToken> tokens() {
        return tokens;
    }
}
