/** Doctor in a running service: on request, and on a schedule with metrics. */
@NullMarked
package dev.tokencache.operator.doctor.live;

import org.jspecify.annotations.NullMarked;
