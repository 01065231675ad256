"""Digital inputs and coils on Modbus: one thread and one connection a bus."""
