package dev.tokencache.operator.doctor.http;

import io.quarkus.test.junit.QuarkusIntegrationTest;

@QuarkusIntegrationTest
class DoctorNativeIT extends DoctorIT {}
