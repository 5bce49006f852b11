//! A small machine below a root prefix, and what must hold on it whatever happens.

mod machine;
mod whole;
