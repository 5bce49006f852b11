//! A small machine below a root prefix, and what must hold on it whatever happens.

mod child;
mod crash;
mod errors;
mod fault;
mod journal;
mod machine;
mod mount;
mod stop;
mod trial;
mod undone;
mod whole;
