package dev.tokencache.http;

import dev.tokencache.caller.Role;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Who may call a resource method: the callers with a role. {@link CallerFilter} holds everyone else off. */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
public @interface Allowed {

    Role value();

    /** Anyone, without credentials. A resource method has this annotation or {@link Allowed}, or nobody may call it. */
    @Target(ElementType.METHOD)
    @Retention(RetentionPolicy.RUNTIME)
    @interface ToAnyone {}
}
