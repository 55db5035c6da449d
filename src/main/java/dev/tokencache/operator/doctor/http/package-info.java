@NullMarked
package dev.tokencache.operator.doctor.http;

import org.jspecify.annotations.NullMarked;
