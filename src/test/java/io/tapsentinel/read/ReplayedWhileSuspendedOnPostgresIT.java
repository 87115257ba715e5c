package io.tapsentinel.read;

import io.tapsentinel.testing.OnPostgres;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;

/** The same with a store on PostgreSQL. */
@Tag("full")
@ExtendWith(OnPostgres.class)
class ReplayedWhileSuspendedOnPostgresIT extends ReplayedWhileSuspendedIT {}
