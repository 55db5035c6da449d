package dev.tokencache.http;

import dev.tokencache.caller.Role;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Restricts a resource method to callers with a role. {@link CallerFilter} enforces it. */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
public @interface Allowed {

    Role value();

    /** Permits calls without credentials. A resource method with neither annotation cannot be called. */
    @Target(ElementType.METHOD)
    @Retention(RetentionPolicy.RUNTIME)
    @interface ToAnyone {}
}
