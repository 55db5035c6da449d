/** The admin API of drills, {@link dev.tokencache.operator.drill.http.DrillResource}. */
@NullMarked
package dev.tokencache.operator.drill.http;

import org.jspecify.annotations.NullMarked;
