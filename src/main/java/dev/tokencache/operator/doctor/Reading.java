package dev.tokencache.operator.doctor;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A value read from a server, or why it is unknown: a sentence for an operator, without addresses or secrets. */
public record Reading<T>(@Nullable T value, String reason) {

    public static <T> Reading<T> of(T value) {
        return new Reading<>(value, "");
    }

    public static <T> Reading<T> unknown(String reason) {
        return new Reading<>(null, reason);
    }

    public boolean isKnown() {
        return value != null;
    }

    public T orElse(T other) {
        return value == null ? other : value;
    }

    public <R> Reading<R> map(Function<? super T, ? extends R> mapper) {
        return value == null ? unknown(reason) : of(mapper.apply(value));
    }
}
