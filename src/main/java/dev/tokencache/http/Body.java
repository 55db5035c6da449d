package dev.tokencache.http;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Declares the body of a resource method; {@link BodyFilter} reads it. A method without this annotation ignores bodies. */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
public @interface Body {

    int DEFAULT_LIMIT = 16 * 1024;

    int BATCH_LIMIT = 64 * 1024;

    String JSON = "application/json";

    String FORM = "application/x-www-form-urlencoded";

    /** The media type; UTF-8 is the only charset. */
    String value();

    /** The maximum length in bytes. */
    int limit() default DEFAULT_LIMIT;
}
