/**
 * The routes that are not REST resources, and the OpenAPI description.
 *
 * <p>Start reading at {@code HttpRoutes}. It promises that failures outside of REST resources have the same format as those inside.
 */
@NullMarked
package dev.tokencache.http.routes;

import org.jspecify.annotations.NullMarked;
